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
        let there =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)").bind(role);
        if !side.ask(there.fetch_one(&side.serve.pool)).await? {
            return Err(StoreError::Refused(format!(
                "the database has no role {role:?}: make it with CREATE ROLE first"
            )));
        }
        let done = sqlx::query("SELECT let_in($1, $2)").bind(role).bind(kind);
        side.within(&side.write, done.execute(&side.write.pool)).await.map(drop)
    }
}
