//! How to get at a provider.

use std::fmt;

use openidconnect::{ClientId, ClientSecret, IssuerUrl, Scope};
use zeroize::Zeroizing;

/// How to get at a provider, and what to ask of it.
#[derive(Clone)]
pub struct OidcAccess {
    issuer: IssuerUrl,
    host: String,
    client_id: ClientId,
    secret: Option<Zeroizing<String>>,
    scopes: Vec<String>,
    groups_claim: String,
}

/// Without the secret.
impl fmt::Debug for OidcAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuer = self.issuer.as_str();
        f.debug_struct("OidcAccess").field("issuer", &issuer).finish_non_exhaustive()
    }
}

impl OidcAccess {
    /// A provider by its issuer's URL, exactly as it writes it, and this server's id there.
    ///
    /// # Errors
    /// What is wrong with the URL or the id.
    pub fn new(issuer: &str, client_id: &str) -> Result<Self, String> {
        let bad = || {
            format!("expected the issuer as https:// and a host, as the provider writes it, found {issuer:?}")
        };
        let parsed = IssuerUrl::new(issuer.to_owned()).map_err(|_| bad())?;
        let is_plain = parsed.url().query().is_none()
            && parsed.url().fragment().is_none()
            && parsed.url().username().is_empty()
            && parsed.url().password().is_none();
        let host = parsed.url().host_str().unwrap_or_default().to_owned();
        if !matches!(parsed.url().scheme(), "https" | "http") || host.is_empty() || !is_plain {
            return Err(bad());
        }
        if client_id.is_empty() {
            return Err("expected the id that the provider gave this server, found nothing".into());
        }
        Ok(Self {
            issuer: parsed,
            host,
            client_id: ClientId::new(client_id.to_owned()),
            secret: None,
            scopes: ["profile", "email"].map(str::to_owned).into(),
            groups_claim: "groups".to_owned(),
        })
    }

    /// With the secret that the provider gave this server; without one it is a public client.
    #[must_use]
    pub fn with_secret(mut self, secret: Zeroizing<String>) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Asking for more than `openid profile email`.
    #[must_use]
    pub fn with_scopes(mut self, more: impl IntoIterator<Item = String>) -> Self {
        for scope in more {
            if !self.scopes.contains(&scope) && scope != "openid" {
                self.scopes.push(scope);
            }
        }
        self
    }

    /// Reading groups from that claim: its name, or names with dots between them for one within others.
    #[must_use]
    pub fn with_groups_claim(mut self, name: String) -> Self {
        self.groups_claim = name;
        self
    }

    /// Whether whoever sits on the way could speak in the provider's name.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.issuer.url().scheme() == "http"
    }

    /// The provider, as it writes itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// The provider's host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    pub(super) const fn issuer_url(&self) -> &IssuerUrl {
        &self.issuer
    }

    pub(super) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    pub(super) fn secret(&self) -> Option<ClientSecret> {
        self.secret.as_ref().map(|secret| ClientSecret::new(secret.as_str().to_owned()))
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.scopes.iter().cloned().map(Scope::new)
    }

    pub(super) fn groups_claim(&self) -> &str {
        &self.groups_claim
    }
}
