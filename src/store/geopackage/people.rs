//! People: none of them here. They stand in the file beside this one, and the two know each other by a key that is
//! drawn by lot: a GeoPackage that took another's place finds that the people are not its own.

use super::{GeoPackage, StoreError, put_setting};
use crate::store::private::Private;
use crate::unit::Person;

/// Where the key of the file beside this one stands.
const KEY: &str = "private";

impl GeoPackage {
    fn private(&self) -> Private {
        Private::beside(&self.path)
    }

    pub(in crate::store) async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let key = self.setting(KEY).await?;
        self.private().people(key.as_deref()).await
    }

    pub(in crate::store) async fn people_stamp(&self) -> Result<String, StoreError> {
        let key = self.setting(KEY).await?;
        self.private().stamp(key.as_deref()).await
    }

    pub(in crate::store) async fn replace_people(&self, people: &[Person]) -> Result<(), StoreError> {
        let private = self.private();
        let key = match (self.setting(KEY).await?, private.key().await?) {
            (Some(ours), Some(theirs)) if ours == theirs => ours,
            // The file is new, or another store's; a process that ends between the two writes leaves no people.
            _ => self.draw_key().await?,
        };
        private.replace(&key, people).await
    }

    async fn draw_key(&self) -> Result<String, StoreError> {
        let mut transaction = self.begin().await?;
        let key: String = sqlx::query_scalar("SELECT lower(hex(randomblob(16)))")
            .fetch_one(&mut *transaction)
            .await
            .map_err(|e| self.failed(e))?;
        put_setting(&mut transaction, KEY, &key).await.map_err(|e| self.failed(e))?;
        self.commit(transaction).await?;
        Ok(key)
    }
}
