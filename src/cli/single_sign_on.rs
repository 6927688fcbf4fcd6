//! Single sign-on; also `[oidc]` of `wangge.toml`.

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
    #[arg(
        long,
        env = "WANGGE_OIDC_ISSUER",
        value_name = "URL",
        requires = "oidc_client_id",
        conflicts_with = "open"
    )]
    oidc_issuer: Option<String>,
    /// The id that the provider gave this server
    #[arg(long, env = "WANGGE_OIDC_CLIENT_ID", value_name = "ID")]
    oidc_client_id: Option<String>,
    /// A file with the secret that the provider gave this server; or WANGGE_OIDC_CLIENT_SECRET; neither: a public client
    #[arg(long, env = "WANGGE_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What the page's button calls the provider
    #[arg(long, env = "WANGGE_OIDC_NAME", value_name = "TEXT", default_value = "单点登录")]
    oidc_name: String,
    /// The claim that lists somebody's groups; with dots for one within others, as realm_access.roles
    #[arg(long, env = "WANGGE_OIDC_GROUPS_CLAIM", value_name = "NAME", default_value = "groups")]
    oidc_groups_claim: String,
    /// What to ask for beside openid, profile and email; may be given several times
    #[arg(long, env = "WANGGE_OIDC_SCOPE", value_name = "SCOPE", value_delimiter = ' ')]
    oidc_scope: Vec<String>,
    /// What whoever is in a group may do, everywhere or in the unit of a code; may be given several times, or with ; between
    #[arg(long, env = "WANGGE_OIDC_GRANT", value_name = "GROUP=ROLE[@CODE]", value_delimiter = ';')]
    oidc_grant: Vec<Rule>,
}

impl SingleSignOn {
    /// The provider, if one is set; a setting that is empty is none.
    pub fn settings(self) -> Result<Option<SingleSignOnSettings>, Fail> {
        let Some(issuer) = self.oidc_issuer.filter(|issuer| !issuer.is_empty()) else { return Ok(None) };
        let access =
            OidcAccess::new(&issuer, self.oidc_client_id.as_deref().unwrap_or_default()).map_err(Fail)?;
        let mut access = access.with_scopes(self.oidc_scope).with_groups_claim(self.oidc_groups_claim);
        if access.is_plain() {
            note(
                "single sign-on without TLS: whoever sits between this server and the provider can sign in as anybody",
            );
        }
        if let Some(secret) = secret(self.oidc_client_secret_file)? {
            access = access.with_secret(secret);
        }
        if self.oidc_grant.is_empty() {
            return Err(Fail(
                "expected at least one --oidc-grant GROUP=ROLE[@CODE]: without one nobody gets in".into(),
            ));
        }
        Ok(Some(SingleSignOnSettings { access, name: self.oidc_name, rules: self.oidc_grant }))
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
