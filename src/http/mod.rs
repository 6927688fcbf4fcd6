//! The one router list; the only code that knows axum, status codes and wire JSON.
