//! Accounts and the log: none of them here, but in the file where people stand.

use super::{GeoPackage, StoreError};
use crate::store::line::{Deed, Question};
use crate::store::private::{WITH_ACCOUNTS, WITH_ATTACHMENTS};

impl GeoPackage {
    pub(in crate::store) async fn ask_ledger<Q: Question>(
        &self,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let key = self.private_key().await?;
        self.private().ask(key.as_deref(), WITH_ACCOUNTS, question).await
    }

    pub(in crate::store) async fn ask_attachments<Q: Question>(
        &self,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let key = self.private_key().await?;
        self.private().ask(key.as_deref(), WITH_ATTACHMENTS, question).await
    }

    pub(in crate::store) async fn act_on_ledger<D: Deed>(&self, deed: D) -> Result<D::Answer, StoreError> {
        let private = self.private();
        let key = match (self.private_key().await?, private.key().await?) {
            (Some(ours), Some(theirs)) if ours == theirs => ours,
            (_, None) => self.private_key_or_new().await?,
            (_, Some(_)) => return Err(private.of_another()),
        };
        private.act(&key, deed).await
    }
}
