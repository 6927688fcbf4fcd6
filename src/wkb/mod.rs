//! Geometry blobs that store and exchange share.
