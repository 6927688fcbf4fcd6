//! What lies beneath the grids and what the map says of itself; also `[background]` and `[map]` of `wangge.toml`.

use std::path::PathBuf;

use clap::Args;

use super::say::Fail;
use crate::app::BackgroundSource;
use crate::outbound::{BASE_URL, Theme, TiandituAccess};

/// A background map and an attribution.
#[derive(Args, Clone)]
pub struct Map {
    /// A map to lay beneath the grids: a PMTiles file, vector or images; its style may stand beside it as FILE.style.json
    #[arg(long, env = "WANGGE_BACKGROUND", value_name = "FILE.pmtiles")]
    background: Option<PathBuf>,
    /// Lay Tianditu beneath the grids, with this key for servers; it stays here. Better set in the environment or in
    /// wangge.toml, where other users of this machine do not see it
    #[arg(
        long,
        env = "WANGGE_TIANDITU_KEY",
        value_name = "KEY",
        hide_env_values = true,
        hide_default_value = true
    )]
    tianditu_key: Option<String>,
    /// Of Tianditu: vec, a drawn map, or img, pictures from above
    #[arg(long, env = "WANGGE_TIANDITU_LAYERS", value_name = "vec|img", default_value = "vec")]
    tianditu_layers: Theme,
    /// Where Tianditu is, or a relay of it; {s} becomes 0 to 7
    #[arg(long, env = "WANGGE_TIANDITU_URL", value_name = "URL", default_value = BASE_URL)]
    tianditu_url: String,
    /// What the map says of where it comes from, with its review number (审图号)
    #[arg(long, env = "WANGGE_ATTRIBUTION", value_name = "TEXT")]
    attribution: Option<String>,
}

impl Map {
    /// The attribution, if one is set.
    pub fn attribution(&self) -> Option<String> {
        self.attribution.clone().filter(|text| !text.trim().is_empty())
    }

    /// The background, if one is set; a setting that is empty is none.
    pub fn background(&self) -> Result<Option<BackgroundSource>, Fail> {
        let file = self.background.clone().filter(|path| !path.as_os_str().is_empty());
        let key = self.tianditu_key.as_deref().filter(|key| !key.is_empty());
        match (file, key) {
            (None, None) => Ok(None),
            (Some(path), None) => Ok(Some(BackgroundSource::Archive(path))),
            (None, Some(key)) => {
                let access =
                    TiandituAccess::new(key, self.tianditu_layers, &self.tianditu_url).map_err(Fail)?;
                Ok(Some(BackgroundSource::Tianditu(access)))
            }
            (Some(_), Some(_)) => {
                Err(Fail("expected one background map, found both a file and a key of Tianditu".into()))
            }
        }
    }
}
