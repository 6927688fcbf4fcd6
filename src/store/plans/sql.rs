//! The statements, over a [`Line`] to either kind of database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::record::{NewPlan, Plan, PlanEdit, PlanRecord, Plans, Written};
use crate::access::AccountId;
use crate::plan::{Allotted, Pool, Status, Step};
use crate::store::line::{Deed, Line, Question, Row, Value, int, json, moment, text};
use crate::unit::{Code, Uid};

/// The feed's word.
const KIND: &str = "plan";

const COLUMNS: &str = "id, title, note, document, status, revision, base, account, author, created, changed,
    effective_from, steps, done, touches, reviewer, reason, published, decisions,
    returned_as, scheduled, attachments";

fn plan(row: &Row) -> Result<Plan, sqlx::Error> {
    let odd = |what: String| sqlx::Error::Decode(what.into());
    Ok(Plan {
        id: row.number(0)?,
        title: row.text(1)?,
        note: row.text(2)?,
        document: row.text(3)?,
        status: row.text(4)?.parse::<Status>().map_err(odd)?,
        revision: row.number(5)?,
        base: row.number(6)?,
        account: row.maybe_int(7)?.map(AccountId),
        author: row.text(8)?,
        created: row.moment(9)?,
        changed: row.moment(10)?,
        effective_from: row
            .maybe_text(11)?
            .map(|day| day.parse().map_err(|_| odd(format!("a plan is to hold from {day}"))))
            .transpose()?,
        steps: row.json(12)?,
        done: row.number(13)? as usize,
        touches: row.json(14)?,
        reviewer: row.text(15)?,
        reason: row.text(16)?,
        published: row.maybe_int(17)?.map(|n| n as u64),
        groups: row.json(18)?,
        returned_as: row.maybe_int(19)?.map(|n| n as u64),
        scheduled: row.json(20)?,
        attachments: row.json(21)?,
    })
}

fn values(plan: &Plan) -> Result<Vec<Value>, sqlx::Error> {
    Ok(vec![
        int(plan.id as i64),
        text(&plan.title),
        text(&plan.note),
        text(&plan.document),
        text(plan.status.as_str()),
        int(plan.revision as i64),
        int(plan.base as i64),
        Value::Int(plan.account.map(|id| id.0)),
        text(&plan.author),
        moment(plan.created),
        moment(plan.changed),
        Value::Text(plan.effective_from.map(|day| day.to_string())),
        json(&plan.steps)?,
        int(plan.done as i64),
        json(&plan.touches)?,
        text(&plan.reviewer),
        text(&plan.reason),
        Value::Int(plan.published.map(|n| n as i64)),
        json(&plan.groups)?,
        Value::Int(plan.returned_as.map(|n| n as i64)),
        json(&plan.scheduled)?,
        json(&plan.attachments)?,
    ])
}

fn record(row: &Row) -> Result<PlanRecord, sqlx::Error> {
    Ok(PlanRecord {
        record: row.number(0)?,
        edit: row.json(1)?,
        drawn: row.json(2)?,
        author: row.text(3)?,
        at: row.moment(4)?,
    })
}

async fn records(line: &mut Line<'_>, id: u64) -> Result<Vec<PlanRecord>, sqlx::Error> {
    let sql = "SELECT record, body, drawn, author, at FROM {p}plan_edits WHERE plan = $1 ORDER BY record";
    line.rows(sql, vec![int(id as i64)]).await?.iter().map(record).collect()
}

pub(super) async fn put(line: &mut Line<'_>, plan: &Plan) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO {{p}}plans ({COLUMNS})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19, $20, $21, $22)"
    );
    line.run(&sql, values(plan)?).await
}

pub(super) async fn put_record(
    line: &mut Line<'_>,
    plan: u64,
    record: &PlanRecord,
) -> Result<(), sqlx::Error> {
    let sql =
        "INSERT INTO {p}plan_edits (plan, record, body, drawn, author, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        int(plan as i64),
        int(record.record as i64),
        json(&record.edit)?,
        json(&record.drawn)?,
        text(&record.author),
        moment(record.at),
    ];
    line.run(sql, values).await?;
    for Allotted { uid, code } in &record.drawn {
        let sql =
            "INSERT INTO {p}reserved (code, uid, plan) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING";
        line.run(sql, vec![text(code.as_str()), int(i64::from(uid.0)), int(plan as i64)]).await?;
    }
    Ok(())
}

pub struct All;

impl Question for All {
    type Answer = Vec<Plan>;
    fn nothing(&self) -> Vec<Plan> {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Vec<Plan>, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM {{p}}plans ORDER BY id DESC");
        line.rows(&sql, vec![]).await?.iter().map(plan).collect()
    }
}

pub struct One(pub u64);

impl Question for One {
    type Answer = Option<(Plan, Vec<PlanRecord>)>;
    fn nothing(&self) -> Self::Answer {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let Some(plan) = one(line, self.0).await? else { return Ok(None) };
        // Records are added and never changed: those that came since are not in the plan's steps.
        Ok(Some((plan, records(line, self.0).await?)))
    }
}

async fn one(line: &mut Line<'_>, id: u64) -> Result<Option<Plan>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM {{p}}plans WHERE id = $1");
    line.row(&sql, vec![int(id as i64)]).await?.as_ref().map(plan).transpose()
}

pub struct Unused;

impl Question for Unused {
    type Answer = Pool;
    fn nothing(&self) -> Pool {
        Pool { next_uid: 1, ..Pool::default() }
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Pool, sqlx::Error> {
        let sql = "SELECT coalesce(max(uid), 0) FROM
            (SELECT max(uid) AS uid FROM {p}unit_rows UNION ALL SELECT max(uid) FROM {p}reserved) AS given";
        let highest = line.row(sql, vec![]).await?.ok_or(sqlx::Error::RowNotFound)?.number(0)?;
        let sql = "SELECT code FROM {p}unit_rows WHERE code IS NOT NULL UNION SELECT code FROM {p}reserved";
        let odd = |_| sqlx::Error::Decode("a code that is none".into());
        let code = |row: &Row| Code::new(&row.text(0)?).map_err(odd);
        let taken = line.rows(sql, vec![]).await?.iter().map(code).collect::<Result<_, _>>()?;
        let sql = "SELECT DISTINCT uid FROM {p}unit_rows WHERE level = 'void'";
        let void = |row: &Row| Ok(Uid(row.number(0)? as u32));
        let voids = line.rows(sql, vec![]).await?.iter().map(void).collect::<Result<_, sqlx::Error>>()?;
        Ok(Pool { next_uid: highest as u32 + 1, taken, voids })
    }
}

pub struct Add(pub NewPlan);

impl Deed for Add {
    type Answer = Plan;
    async fn act(self, line: &mut Line<'_>) -> Result<Plan, sqlx::Error> {
        let plan = begun(line, self.0).await?;
        put(line, &plan).await?;
        told(line, &plan).await?;
        Ok(plan)
    }
}

/// An empty draft, under the next number.
pub(super) async fn begun(line: &mut Line<'_>, new: NewPlan) -> Result<Plan, sqlx::Error> {
    let row = line.row("SELECT coalesce(max(id), 0) + 1 FROM {p}plans", vec![]).await?;
    let NewPlan { title, note, base, account, author } = new;
    let now = now();
    Ok(Plan {
        id: row.ok_or(sqlx::Error::RowNotFound)?.number(0)?,
        title,
        note,
        document: String::new(),
        status: Status::Draft,
        revision: 1,
        base,
        account,
        author,
        created: now,
        changed: now,
        effective_from: None,
        steps: Vec::new(),
        done: 0,
        touches: Vec::new(),
        reviewer: String::new(),
        reason: String::new(),
        published: None,
        groups: Vec::new(),
        returned_as: None,
        scheduled: None,
        attachments: Vec::new(),
    })
}

/// A plan that is begun with its edits.
pub struct AddWhole {
    pub new: NewPlan,
    pub edits: Vec<PlanEdit>,
    pub touches: Vec<Code>,
}

impl Deed for AddWhole {
    type Answer = Written;
    async fn act(self, line: &mut Line<'_>) -> Result<Written, sqlx::Error> {
        // No plan has the number 0.
        if any_taken(line, &self.edits, 0).await? {
            return Ok(Written::Taken);
        }
        let mut plan = Add(self.new).act(line).await?;
        plan.steps = (1..=self.edits.len() as u64).map(Step::Add).collect();
        plan.done = plan.steps.len();
        plan.touches = self.touches;
        put_records(line, &plan, self.edits).await?;
        replace(line, &plan).await?;
        Ok(Written::Done(Box::new(plan)))
    }
}

pub struct Put {
    pub plan: Plan,
    pub edits: Vec<PlanEdit>,
}

impl Deed for Put {
    type Answer = Written;
    async fn act(self, line: &mut Line<'_>) -> Result<Written, sqlx::Error> {
        let Self { mut plan, edits } = self;
        if !is_at(line, &plan).await? {
            return Ok(Written::Stale);
        }
        if any_taken(line, &edits, plan.id).await? {
            return Ok(Written::Taken);
        }
        next(&mut plan);
        put_records(line, &plan, edits).await?;
        replace(line, &plan).await?;
        told(line, &plan).await?;
        Ok(Written::Done(Box::new(plan)))
    }
}

/// Adds edits after those that a plan has.
async fn put_records(line: &mut Line<'_>, plan: &Plan, edits: Vec<PlanEdit>) -> Result<(), sqlx::Error> {
    let last = "SELECT coalesce(max(record), 0) FROM {p}plan_edits WHERE plan = $1";
    let row = line.row(last, vec![int(plan.id as i64)]).await?.ok_or(sqlx::Error::RowNotFound)?;
    let last: u64 = row.number(0)?;
    for (record, PlanEdit { edit, drawn, author }) in (last + 1..).zip(edits) {
        let record = PlanRecord { record, edit, drawn, author, at: plan.changed };
        put_record(line, plan.id, &record).await?;
    }
    Ok(())
}

async fn any_taken(line: &mut Line<'_>, edits: &[PlanEdit], plan: u64) -> Result<bool, sqlx::Error> {
    for edit in edits {
        if is_any_taken(line, &edit.drawn, plan).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a plan is still at the revision that a change is made on.
pub(super) async fn is_at(line: &mut Line<'_>, plan: &Plan) -> Result<bool, sqlx::Error> {
    Ok(one(line, plan.id).await?.is_some_and(|before| before.revision == plan.revision))
}

/// A plan as it is after a change. Of a draft nothing is decided: what was, was decided of other edits; and only who is
/// scheduled waits.
pub(super) fn next(plan: &mut Plan) {
    plan.revision += 1;
    plan.changed = now();
    if plan.status == Status::Draft {
        plan.groups.clear();
    }
    if plan.status != Status::Scheduled {
        plan.scheduled = None;
    }
}

pub struct Due(pub Date);

impl Question for Due {
    type Answer = Vec<u64>;
    fn nothing(&self) -> Self::Answer {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = "SELECT id FROM {p}plans WHERE status = $1 AND effective_from <= $2 ORDER BY id";
        let values = vec![text(Status::Scheduled.as_str()), text(&self.0.to_string())];
        line.rows(sql, values).await?.iter().map(|row| row.number(0)).collect()
    }
}

pub(super) async fn is_any_taken(
    line: &mut Line<'_>,
    drawn: &[Allotted],
    plan: u64,
) -> Result<bool, sqlx::Error> {
    for Allotted { uid, code } in drawn {
        if is_taken(line, uid.0, code, plan).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a version or another plan has a code or uid that is new to this one. A unit that was retired comes back with
/// its own of both, though another may have had the code since; one that was published keeps its uid under another code.
async fn is_taken(line: &mut Line<'_>, uid: u32, code: &Code, plan: u64) -> Result<bool, sqlx::Error> {
    let sql = "SELECT count(*) FROM (
          SELECT 1 AS n FROM {p}reserved WHERE code = $1 AND uid <> $2 AND plan <> $3
          UNION ALL SELECT 1 FROM {p}reserved WHERE uid = $2 AND plan <> $3
            AND NOT EXISTS (SELECT 1 FROM {p}unit_rows WHERE uid = $2)
          UNION ALL SELECT 1 FROM {p}unit_rows WHERE code = $1 AND uid <> $2) AS taken
        WHERE NOT EXISTS (SELECT 1 FROM {p}unit_rows WHERE code = $1 AND uid = $2)";
    let values = vec![text(code.as_str()), int(i64::from(uid)), int(plan as i64)];
    Ok(line.row(sql, values).await?.ok_or(sqlx::Error::RowNotFound)?.int(0)? > 0)
}

pub(super) async fn replace(line: &mut Line<'_>, plan: &Plan) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}plans SET title = $2, note = $3, document = $4, status = $5, revision = $6, base = $7,
        changed = $8, effective_from = $9, steps = $10, done = $11, touches = $12, reviewer = $13, reason = $14, published = $15,
        decisions = $16, returned_as = $17, scheduled = $18, attachments = $19
        WHERE id = $1";
    let mut all = values(plan)?;
    // Whose it is, and since when, does not change.
    all.drain(7..10);
    line.run(sql, all).await
}

pub(super) async fn told(line: &mut Line<'_>, plan: &Plan) -> Result<(), sqlx::Error> {
    let payload = serde_json::json!({
        "plan": plan.id,
        "revision": plan.revision,
        "status": plan.status.as_str(),
    });
    line.tell(KIND, &payload.to_string()).await
}

/// Says of a plan, within the transaction of a version, that it became this; `false` where it is at another revision.
pub async fn publish(
    line: &mut Line<'_>,
    (id, revision): (u64, u64),
    version: u64,
) -> Result<bool, sqlx::Error> {
    let Some(mut plan) = one(line, id).await?.filter(|plan| plan.revision == revision) else {
        return Ok(false);
    };
    plan.status = Status::Published;
    next(&mut plan);
    plan.published = Some(version);
    replace(line, &plan).await?;
    told(line, &plan).await?;
    Ok(true)
}

/// Every uid that an edit drew, and those that come back: of voids there were, and of units whose code an edit drew.
pub async fn reserved(line: &mut Line<'_>) -> Result<BTreeSet<Uid>, sqlx::Error> {
    let sql = "SELECT uid FROM {p}reserved UNION SELECT uid FROM {p}unit_rows
        WHERE level = 'void' OR code IN (SELECT code FROM {p}reserved)";
    let rows = line.rows(sql, vec![]).await?;
    rows.iter().map(|row| Ok(Uid(row.number(0)? as u32))).collect()
}

/// Now, as exactly as it is kept.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

pub struct Whole;

impl Question for Whole {
    type Answer = Plans;
    fn nothing(&self) -> Plans {
        Plans::default()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Plans, sqlx::Error> {
        let mut all = Plans::default();
        let mut plans = All.ask(line).await?;
        plans.reverse();
        for plan in plans {
            let records = records(line, plan.id).await?;
            all.plans.push((plan, records));
        }
        Ok(all)
    }
}

pub struct PutWhole(pub Plans);

impl Deed for PutWhole {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        for (plan, records) in &self.0.plans {
            put(line, plan).await?;
            for record in records {
                put_record(line, plan.id, record).await?;
            }
        }
        Ok(())
    }
}
