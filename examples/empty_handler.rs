//! The yardstick of `benches/http.sh`: the same accept loop and router with handlers that do nothing, one that
//! returns a body of `SIZE` bytes. What a real route costs beyond this is Wangge's own.
//!
//! ```sh
//! cargo run --release --example empty_handler -- 127.0.0.1:8090 12345
//! ```

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use bytes::Bytes;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".into());
    let size = arguments.next().map_or(Ok(0), |s| s.parse())?;
    let body = Bytes::from(vec![b'x'; size]);
    let router = Router::new()
        .route("/api/locate", get(|| async { "{}" }))
        .route("/tiles/{tileset}/{z}/{x}/{y}", get(move |_: Path<[String; 4]>| async { body }));
    let listener = TcpListener::bind(address).await?;
    wangge::http::serve(listener, None, router, std::future::pending()).await;
    Ok(())
}
