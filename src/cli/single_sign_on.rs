//! Single sign-on; in `wangge.toml` under `[serve]`.

use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use super::say::{Fail, note};
use crate::access::Rule;
use crate::app::SingleSignOnSettings;
use crate::outbound::OidcAccess;

/// Where the secret stands if it stands in no file: not in a flag, which others on this machine see.
const SECRET: &str = "WANGGE_OIDC_CLIENT_SECRET";

/// A provider, and what its groups give.
#[derive(Args, Clone)]
#[command(next_help_heading = "Single sign-on (OpenID Connect)")]
pub struct SingleSignOn {
    /// The provider's issuer, exactly as it writes itself
    #[arg(long = "oidc-issuer", env = "WANGGE_OIDC_ISSUER", value_name = "URL", conflicts_with = "open")]
    issuer: Option<String>,
    /// The id that the provider gave this server
    #[arg(long = "oidc-client-id", env = "WANGGE_OIDC_CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,
    #[arg(
        help = "A file with the secret that the provider gave this server; or WANGGE_OIDC_CLIENT_SECRET; neither: a public client",
        long = "oidc-client-secret-file",
        env = "WANGGE_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE"
    )]
    client_secret_file: Option<PathBuf>,
    /// What the page's button calls the provider
    #[arg(long = "oidc-name", env = "WANGGE_OIDC_NAME", value_name = "TEXT", default_value = "单点登录")]
    name: String,
    #[arg(
        help = "The claim that lists somebody's groups; with dots for one within others, as realm_access.roles",
        long = "oidc-groups-claim",
        env = "WANGGE_OIDC_GROUPS_CLAIM",
        value_name = "NAME",
        default_value = "groups"
    )]
    groups_claim: String,
    /// What to ask for beside openid, profile and email; may be given several times
    #[arg(long = "oidc-scope", env = "WANGGE_OIDC_SCOPE", value_name = "SCOPE", value_delimiter = ' ')]
    scopes: Vec<String>,
    /// What whoever is in a group may do, everywhere or in the unit of a code; may be given several times, or with ; between
    #[arg(
        long = "oidc-grant",
        env = "WANGGE_OIDC_GRANT",
        value_name = "GROUP=ROLE[@CODE]",
        value_delimiter = ';'
    )]
    grants: Vec<Rule>,
}

impl SingleSignOn {
    /// The provider, if one is set; a setting that is empty is none.
    pub fn settings(self) -> Result<Option<SingleSignOnSettings>, Fail> {
        let Some(issuer) = self.issuer.filter(|issuer| !issuer.is_empty()) else { return Ok(None) };
        let access = OidcAccess::new(&issuer, self.client_id.as_deref().unwrap_or_default()).map_err(Fail)?;
        let mut access = access.with_scopes(self.scopes).with_groups_claim(self.groups_claim);
        if access.is_plain() {
            note(
                "single sign-on without TLS: whoever sits between this server and the provider can sign in as anybody",
            );
        }
        if let Some(secret) = secret(self.client_secret_file)? {
            access = access.with_secret(secret);
        }
        if self.grants.is_empty() {
            return Err(Fail(
                "expected at least one --oidc-grant GROUP=ROLE[@CODE]: without one nobody gets in".into(),
            ));
        }
        Ok(Some(SingleSignOnSettings { access, name: self.name, rules: self.grants }))
    }
}

fn secret(file: Option<PathBuf>) -> Result<Option<Zeroizing<String>>, Fail> {
    let text = match file.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => {
            let text = std::fs::read_to_string(&path);
            Some(text.map_err(|error| Fail(format!("could not read {}: {error}", path.display())))?)
        }
        None => std::env::var(SECRET).ok(),
    };
    let text = text.map(Zeroizing::new);
    Ok(text.map(|text| Zeroizing::new(text.trim().to_owned())).filter(|text| !text.is_empty()))
}
