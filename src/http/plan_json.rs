//! What answers say of plans: their words, what edits did, what bars publishing, what changes hands.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use crate::app::plans::{Draft, Made, Measured, PlanView, UnitReview};
use crate::coverage::Snapped;
use crate::crs::{LonLat, Point, Polygon, ring_area_m2};
use crate::plan::{Conflict, Decided, Move, Open, Refused};
use crate::store::{Attachment, Plan};
use crate::unit::{Hierarchy, Uid};

/// What an edit did, or would do.
pub fn made(made: &Made, units: &[UnitReview]) -> Value {
    let hierarchy = &made.draft.partition().hierarchy;
    json!({
        "units": units.iter().map(unit).collect::<Vec<_>>(),
        "new": made.drawn.iter().map(|d| json!({"uid": d.uid, "code": d.code})).collect::<Vec<_>>(),
        "snapped": made.snapped.iter().map(snapped).collect::<Vec<_>>(),
        "noded": made.noded.iter().map(|(uid, at)| noded(hierarchy, *uid, *at)).collect::<Vec<_>>(),
        "defects": defects(&made.draft),
        "balance": balance(&made.draft),
    })
}

pub fn words(plan: &Plan) -> Value {
    json!({
        "id": plan.id,
        "title": plan.title,
        "note": plan.note,
        "document": plan.document,
        "status": plan.status.as_str(),
        "revision": plan.revision,
        "base_version": plan.base,
        "author": plan.author,
        "created": plan.created.to_string(),
        "changed": plan.changed.to_string(),
        "effective_from": plan.effective_from.map(|day| day.to_string()),
        "reviewer": plan.reviewer,
        "reason": plan.reason,
        "published_version": plan.published,
        "returned_as": plan.returned_as,
        "scheduled": plan.scheduled.as_ref().map(|s| json!({"by": s.by, "at": s.at.to_string(), "note": s.note})),
        "touches": plan.touches,
        "edit_count": plan.listed().len(),
        "can_undo": plan.done > 0,
        "can_redo": plan.done < plan.steps.len(),
    })
}

pub fn json_of(view: &PlanView) -> Value {
    let mut body = words(&view.plan);
    body["groups"] = view.plan.groups.iter().map(group).collect();
    body["attachments"] = view.attachments.iter().map(attachment).collect();
    body["edits"] = view
        .plan
        .listed()
        .into_iter()
        .filter_map(|(id, record)| {
            let found = view.records.iter().find(|r| r.record == record)?;
            Some(json!({
                "id": id,
                "edit": found.edit,
                "new": found.drawn.iter().map(|d| json!({"uid": d.uid, "code": d.code})).collect::<Vec<_>>(),
                "author": found.author,
                "at": found.at.to_string(),
            }))
        })
        .collect();
    body
}

/// Edits that belong together, and what was decided of them.
pub fn group(of: &Decided) -> Value {
    let decision = of.decision.as_ref();
    json!({
        "group": of.group,
        "edits": of.edits,
        "units": of.units,
        "decision": decision.map(|d| d.verdict),
        "by": decision.map(|d| d.by.as_str()),
        "at": decision.map(|d| d.at.to_string()),
        "reason": decision.map(|d| d.reason.as_str()).filter(|reason| !reason.is_empty()),
    })
}

fn attachment(of: &Attachment) -> Value {
    json!({
        "name": of.name,
        "media_type": of.media_type,
        "bytes": of.size,
        "sha256": of.sha256,
        "by": of.author,
        "at": of.at.to_string(),
    })
}

/// A plan that was begun: 201, with its address.
pub fn begun(view: &PlanView) -> Result<Response, Problem> {
    let mut response = (StatusCode::CREATED, of_plan(view)).into_response();
    let place = HeaderValue::from_str(&format!("/api/plans/{}", view.plan.id));
    response.headers_mut().insert(header::LOCATION, place.map_err(|e| Problem::internal(&e))?);
    Ok(response)
}

pub fn of_plan(view: &PlanView) -> Response {
    let mut response = answer::private(&json_of(view));
    tag(&mut response, &view.plan);
    response
}

pub fn tag(response: &mut Response, plan: &Plan) {
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", plan.revision)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
}

pub fn place(at: Point) -> Value {
    let place = LonLat::from_lattice(at);
    json!([place.lon(), place.lat()])
}

pub fn snapped(snapped: &Snapped) -> Value {
    json!({
        "from": place(snapped.from),
        "to": place(snapped.to),
        "onto": snapped.onto.as_str(),
        "metres": (snapped.metres * 1000.0).round() / 1000.0,
    })
}

fn noded(hierarchy: &Hierarchy, uid: Uid, at: Point) -> Value {
    let code = hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.to_string());
    json!({"uid": uid, "code": code, "at": place(at)})
}

fn measured(of: &Measured) -> Value {
    json!({
        "code": of.code,
        "name": of.name,
        "area_m2": (of.area_m2 * 100.0).round() / 100.0,
        "households": of.households,
        "workers": of.workers,
        "compactness": (of.compactness * 10_000.0).round() / 10_000.0,
        "parts": of.parts,
    })
}

pub fn unit(unit: &UnitReview) -> Value {
    let share = |deviation: Option<f64>| deviation.map(|d| (d * 10_000.0).round() / 10_000.0);
    json!({
        "uid": unit.uid,
        "level": unit.level,
        "before": unit.before.as_ref().map(measured),
        "after": unit.after.as_ref().map(measured),
        "deviation": {"before": share(unit.deviation[0]), "after": share(unit.deviation[1])},
    })
}

pub fn defects(draft: &Draft) -> Vec<Value> {
    let hierarchy = &draft.partition().hierarchy;
    let code = |uid: Uid| hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.to_string());
    draft.open.iter().map(|open| defect(open, code(open.uid).as_deref())).collect()
}

/// One thing that bars publishing.
fn defect(open: &Open, code: Option<&str>) -> Value {
    json!({
        "kind": open.kind.as_str(),
        "uid": open.uid,
        "code": code,
        "at": open.at.map(place),
        "size": open.size,
    })
}

pub fn balance(draft: &Draft) -> &'static str {
    if draft.base.snapshot.features().has_dwellings() { "households" } else { "area, estimated" }
}

/// Of an edit that would break the partition: where, and what of.
pub fn refused(refused: &Refused) -> Problem {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.detail.clone());
    let problem = match refused.at {
        Some(at) => problem.with("at", place(at)),
        None => problem,
    };
    problem.with("units", json!(refused.units))
}

/// Of edits that others are in the way of.
pub fn conflicts(detail: String, found: &[Conflict]) -> Problem {
    let conflict = |c: &Conflict| json!({"edit": c.edit, "units": c.codes, "detail": c.detail});
    let found: Vec<Value> = found.iter().map(conflict).collect();
    Problem::new(StatusCode::CONFLICT, detail).with("conflicts", found)
}

/// Of a draft that may not be published yet.
pub fn unfinished(detail: String, found: &[(Open, Option<String>)]) -> Problem {
    let found: Vec<Value> = found.iter().map(|(open, code)| defect(open, code.as_deref())).collect();
    Problem::new(StatusCode::CONFLICT, detail).with("defects", found)
}

/// Pieces that change hands, as GeoJSON.
pub fn moves_geojson(moves: &[Move], [before, after]: [&Hierarchy; 2]) -> Value {
    let code = |hierarchy: &Hierarchy, uid: Option<Uid>| {
        Some(hierarchy.unit(hierarchy.by_uid(uid?)?).code.to_string())
    };
    let feature = |piece: &Move| {
        json!({
            "type": "Feature",
            "properties": {
                "from": code(before, piece.from), "to": code(after, piece.to),
                "from_uid": piece.from, "to_uid": piece.to,
                "area_m2": piece.polygon.rings().map(ring_area_m2).sum::<f64>(),
            },
            "geometry": geometry(&piece.polygon),
        })
    };
    json!({"type": "FeatureCollection", "features": moves.iter().map(feature).collect::<Vec<_>>()})
}

pub fn geometry(polygon: &Polygon) -> Value {
    let ring = |ring: &[Point]| ring.iter().chain(ring.first()).map(|&p| place(p)).collect::<Vec<_>>();
    json!({"type": "Polygon", "coordinates": polygon.rings().map(ring).collect::<Vec<_>>()})
}
