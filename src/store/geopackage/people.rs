//! People: none of them here. They stand in the file beside this one, and the two know each other by a key that is
//! drawn by lot: a GeoPackage that took another's place finds that the people are not its own.

use super::{GeoPackage, StoreError, put_setting};
use crate::store::private::Private;
use crate::unit::Person;

/// Where the key of the file beside this one stands.
const KEY: &str = "private";

impl GeoPackage {
    pub(super) fn private(&self) -> Private {
        Private::beside(&self.path)
    }

    pub(in crate::store) async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let key = self.private_key().await?;
        self.private().people(key.as_deref()).await
    }

    pub(in crate::store) async fn people_stamp(&self) -> Result<String, StoreError> {
        let key = self.private_key().await?;
        self.private().stamp(key.as_deref()).await
    }

    pub(in crate::store) async fn replace_people(&self, people: &[Person]) -> Result<(), StoreError> {
        let private = self.private();
        let key = match (self.private_key().await?, private.key().await?) {
            (Some(ours), Some(theirs)) if ours == theirs => ours,
            // Another store's people may go; not its accounts, and not what is in its log.
            (_, Some(_)) if private.has_ledger().await? => return Err(private.of_another()),
            // The file is new, or another store's; a process that ends between the two writes leaves no people.
            _ => self.draw_key().await?,
        };
        private.replace(&key, people).await
    }

    /// The key that the file beside this one should have.
    pub(super) async fn private_key(&self) -> Result<Option<String>, StoreError> {
        self.setting(KEY).await
    }

    /// That key, drawn where there is none: of several programs that come first one draws it.
    pub(super) async fn private_key_or_new(&self) -> Result<String, StoreError> {
        let query = "INSERT INTO meta VALUES (?, lower(hex(randomblob(16))))
            ON CONFLICT (key) DO UPDATE SET value = value RETURNING value";
        let mut transaction = self.begin().await?;
        let key = sqlx::query_scalar(query).bind(KEY).fetch_one(&mut *transaction).await;
        let key = key.map_err(|e| self.failed(e))?;
        self.commit(transaction).await?;
        Ok(key)
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
