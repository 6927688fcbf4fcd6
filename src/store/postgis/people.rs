//! People, in a schema of their own: who may read the layers has no right to it, and a dump of the store's schema alone
//! holds none of them.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::load::uid;
use super::{PostGis, StoreError};
use crate::store::duty::duty;
use crate::unit::Person;

/// People in one INSERT.
const BATCH: usize = 10_000;

/// Where the moment of the last replacement stands.
const STAMP_KEY: &str = "stamp";

impl PostGis {
    pub(in crate::store) async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let side = &self.primary;
        let read = async { people_in(&mut *side.serve.pool.acquire().await?, &side.private).await };
        side.ask(read).await
    }

    pub(in crate::store) async fn people_stamp(&self) -> Result<String, StoreError> {
        let side = &self.primary;
        let query = format!("SELECT value FROM \"{}\".meta WHERE key = $1", side.private);
        let query = sqlx::query_scalar(AssertSqlSafe(query)).bind(STAMP_KEY);
        let stamp: Option<String> = side.watch(query.fetch_optional(&side.watch.pool)).await?;
        Ok(stamp.unwrap_or_default())
    }

    pub(in crate::store) async fn replace_people(&self, people: &[Person]) -> Result<(), StoreError> {
        let side = &self.primary;
        let mut transaction = self.begin().await?;
        let written = put_people(&mut transaction, &side.private, people);
        side.within(&side.write, written).await?;
        self.commit(transaction).await
    }
}

pub(super) async fn people_in(
    connection: &mut PgConnection,
    private: &str,
) -> Result<Vec<Person>, sqlx::Error> {
    let query = format!(
        "SELECT unit, role, name, phone, note, hours, duty_from, duty_until FROM \"{private}\".people ORDER BY position"
    );
    sqlx::query(AssertSqlSafe(query)).fetch_all(connection).await?.iter().map(person).collect()
}

/// Puts people in the place of all there are, and stamps them.
pub(super) async fn put_people(
    connection: &mut PgConnection,
    private: &str,
    people: &[Person],
) -> Result<(), sqlx::Error> {
    let delete = format!("DELETE FROM \"{private}\".people");
    sqlx::query(AssertSqlSafe(delete)).execute(&mut *connection).await?;
    for (n, people) in people.chunks(BATCH).enumerate() {
        put_batch(connection, private, n * BATCH, people).await?;
    }
    let stamp = format!(
        "INSERT INTO \"{private}\".meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    );
    sqlx::query(AssertSqlSafe(stamp))
        .bind(STAMP_KEY)
        .bind(Timestamp::now().to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_batch(
    connection: &mut PgConnection,
    private: &str,
    before: usize,
    people: &[Person],
) -> Result<(), sqlx::Error> {
    let query = format!(
        "INSERT INTO \"{private}\".people (position, unit, role, name, phone, note, hours, duty_from, duty_until)
         SELECT $1 + n, unit, role, name, phone, note, hours, duty_from, duty_until
         FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
           WITH ORDINALITY AS p (unit, role, name, phone, note, hours, duty_from, duty_until, n)"
    );
    let duties: Vec<[String; 3]> = people.iter().map(|p| p.duty.texts()).collect();
    let texts = |n: usize| duties.iter().map(|texts| texts[n].as_str()).collect::<Vec<_>>();
    sqlx::query(AssertSqlSafe(query))
        .bind(before as i64)
        .bind(people.iter().map(|p| i64::from(p.unit.0)).collect::<Vec<_>>())
        .bind(people.iter().map(|p| p.role.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|p| p.phone.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|p| p.note.as_str()).collect::<Vec<_>>())
        .bind(texts(0))
        .bind(texts(1))
        .bind(texts(2))
        .execute(connection)
        .await?;
    Ok(())
}

fn person(row: &PgRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        unit: uid(row, 0)?,
        role: row.try_get(1)?,
        name: row.try_get(2)?,
        phone: row.try_get(3)?,
        note: row.try_get(4)?,
        duty: duty([row.try_get(5)?, row.try_get(6)?, row.try_get(7)?])?,
    })
}
