//! Accounts and the log, in the schema where people stand. Asked of the primary alone: what was revoked is revoked.

use super::{PostGis, StoreError};
use crate::store::line::{Deed, Line, Question};

impl PostGis {
    pub(in crate::store) async fn ask_ledger<Q: Question>(
        &self,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let side = &self.primary;
        let asked = async {
            let mut connection = side.serve.pool.acquire().await?;
            question.ask(&mut Line::Database(&mut connection, &side.private)).await
        };
        side.ask(asked).await
    }

    /// In a transaction of its own, which waits for no version that is being written.
    pub(in crate::store) async fn act_on_ledger<D: Deed>(&self, deed: D) -> Result<D::Answer, StoreError> {
        let side = &self.primary;
        let done = async {
            let mut transaction = side.write.pool.begin().await?;
            let answer = deed.act(&mut Line::Database(&mut transaction, &side.private)).await?;
            transaction.commit().await?;
            Ok(answer)
        };
        side.within(&side.write, done).await
    }
}
