//! `GET /api/export`: a version as a file, of the units that the caller may take away.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use super::answer::NEVER;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Shared, WANGGE_VERSION};
use crate::access::Scope;
use crate::app::Wanted;

/// `GET /api/export?level=|all=true&under=&format=geojson|gpkg&v=|at=`
pub async fn export(State(app): State<Shared>, scope: Scope, query: Query) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let all = query.parse("all", "true or false")?.unwrap_or(false);
    let level = query.text("level");
    if all && level.is_some() {
        return Err(Problem::parameter("all", "expected level or all=true, found both"));
    }
    let (under, format) = (query.text("under"), query.text("format").unwrap_or("geojson"));
    let wanted = Wanted { level, all, under, format };
    let export = app.export(&scope, &served, &wanted).await?;
    let mime =
        if wanted.format == "gpkg" { "application/geopackage+sqlite3" } else { "application/geo+json" };
    let name = format!("attachment; filename=\"{}\"", export.name);
    let name = HeaderValue::from_str(&name).map_err(|e| Problem::internal(&e))?;
    let length = export.bytes;
    let file = tokio::fs::File::from_std(export.file);
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    headers.insert(WANGGE_VERSION, served.record.number.into());
    Ok(response)
}
