//! Letting roles in. The operator makes them; the store remembers them, so that what a later step or another version's
//! layers add is theirs too.

use super::{PostGis, StoreError};
use crate::store::Admission;

impl PostGis {
    pub(in crate::store) async fn grant(&self, role: &str, admission: Admission) -> Result<(), StoreError> {
        let side = &self.primary;
        let kind = match admission {
            Admission::Server => "server",
            Admission::Reader => "reader",
        };
        let done = async {
            let mut transaction = side.write.pool.begin().await?;
            sqlx::query(
                "INSERT INTO roles VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind",
            )
            .bind(role)
            .bind(kind)
            .execute(&mut *transaction)
            .await?;
            sqlx::query("SELECT apply_grants()").execute(&mut *transaction).await?;
            transaction.commit().await
        };
        side.within(side.write.patience, done).await
    }
}
