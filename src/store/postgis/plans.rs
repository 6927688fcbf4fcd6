//! Plans: in the schema of the versions, which readers may not see. Asked of the primary: an edit is made on what was read.

use super::{PostGis, StoreError};
use crate::store::line::{Deed, Line, Question};

impl PostGis {
    pub(in crate::store) async fn ask_plans<Q: Question>(
        &self,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let side = &self.primary;
        let asked = async {
            let mut connection = side.serve.pool.acquire().await?;
            question.ask(&mut Line::Database(&mut connection, &side.schema)).await
        };
        side.ask(asked).await
    }

    pub(in crate::store) async fn act_on_plans<D: Deed>(&self, deed: D) -> Result<D::Answer, StoreError> {
        let side = &self.primary;
        let mut transaction = self.begin().await?;
        let done = async { deed.act(&mut Line::Database(&mut transaction, &side.schema)).await };
        let answer = side.within(&side.write, done).await?;
        self.commit(transaction).await?;
        Ok(answer)
    }
}
