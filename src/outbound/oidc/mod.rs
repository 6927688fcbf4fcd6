//! A provider of single sign-on by `OpenID` Connect: code flow with PKCE (S256), state and nonce.
//!
//! ```text
//! visit (256 bits, with the browser) ─▶ state, nonce, verifier
//! begin     state, nonce, S256(verifier) ─▶ the provider's page ─▶ state, code
//! complete  code, verifier ─▶ tokens ─ signature, issuer, audience, time, nonce, at_hash ─▶ who it is, and their groups
//! leave     the provider's page that ends its own session
//! ```
//!
//! What the provider writes is never repeated in a message: it may hold a token, or be somebody else's text.
//!
//! | file | what |
//! |---|---|
//! | `access` | how to get at it |
//! | `kept` | what it says of itself, and its keys, kept for a while |
//! | `token` | whether a token holds, and what it says |

mod access;
mod kept;
mod token;

use std::borrow::Cow;
use std::sync::Arc;

use openidconnect::core::{CoreClientAuthMethod, CoreErrorResponseType, CoreResponseType};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, CsrfToken, HttpRequest, HttpResponse, LogoutRequest,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError,
    StandardErrorResponse,
};
use ureq::Agent;

pub use access::OidcAccess;
pub use token::Claims;

use super::client;
use super::{Outage, rest::Rest};
use crate::access::Secret;
use kept::{Keeper, Kept};
use token::{Client, Tokens};

/// No answer of a provider is longer.
const MOST: u64 = 512 * 1024;

/// Why a provider's word is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is no word of the provider's about this visit; for the log, what is wrong.
    #[error("the provider's token does not hold: {0}")]
    Token(&'static str),
    /// The code is none, or was used before.
    #[error("the provider does not know the code that somebody came with")]
    Code,
    /// It answers another visit.
    #[error("the provider's token answers another visit")]
    Nonce,
    /// Its time is over, or has not come.
    #[error("the provider's token has expired, or the clocks differ")]
    Expired,
    /// It is meant for somebody else.
    #[error("the provider's token is meant for another client")]
    Audience,
    /// There was no answer, or none that can be read.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// A client of a provider.
pub struct Oidc {
    access: OidcAccess,
    caller: Caller,
    keeper: Keeper,
}

/// Asks a provider, within limits of time and size.
struct Caller(Agent);

/// A visit's secret as the provider sees it.
struct Visit {
    state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Visit {
    fn of(secret: &Secret) -> Self {
        Self {
            state: secret.derive("state"),
            nonce: Nonce::new(secret.derive("nonce")),
            verifier: PkceCodeVerifier::new(secret.derive("verifier")),
        }
    }
}

impl Oidc {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(access: OidcAccess) -> Self {
        Self { access, caller: Caller(client::agent()), keeper: Keeper::new(Rest::default()) }
    }

    /// How to get at it.
    #[must_use]
    pub const fn access(&self) -> &OidcAccess {
        &self.access
    }

    /// The state by which a visit's answer is known.
    #[must_use]
    pub fn state(visit: &Secret) -> String {
        Visit::of(visit).state
    }

    /// Where a visit begins: the provider's page, from which a browser comes back to `back`.
    ///
    /// # Errors
    /// [`Outage`] where the provider does not answer, or is not what it should be.
    pub fn begin(&self, visit: &Secret, back: &str) -> Result<String, Outage> {
        let kept = self.keeper.kept(&self.access, &self.caller)?;
        let Visit { state, nonce, verifier } = Visit::of(visit);
        let client = self.client(&kept);
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, ..) = client
            .authorize_url(flow, || CsrfToken::new(state), || nonce)
            .add_scopes(self.access.scopes())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .set_redirect_uri(Cow::Owned(redirect(back)?))
            .url();
        Ok(url.into())
    }

    /// What the provider says of whoever came back from a visit with a code.
    ///
    /// # Errors
    /// [`Doubt`].
    pub fn complete(&self, visit: &Secret, code: String, back: &str) -> Result<Claims, Doubt> {
        let kept = self.keeper.kept(&self.access, &self.caller)?;
        let Visit { nonce, verifier, .. } = Visit::of(visit);
        let client = self.client(&kept);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| no_endpoint("token"))?;
        let tokens = request
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Owned(redirect(back)?))
            .request(&|request| self.caller.ask(request))
            .map_err(no_tokens)?;
        let token = Tokens::of(&tokens)?;
        let (client, claims) = match token.verified(&client, &nonce) {
            // Its keys may have changed since they were read.
            Err(Doubt::Token(token::NO_KEY)) => {
                match self.keeper.renewed(&kept, &self.access, &self.caller) {
                    Some(newer) => {
                        let client = self.client(&newer);
                        let claims = token.verified(&client, &nonce)?;
                        (client, claims)
                    }
                    None => return Err(Doubt::Token(token::NO_KEY)),
                }
            }
            verified => (client, verified?),
        };
        let mut said = Claims::of(claims, &self.access);
        if said.groups.is_none() {
            said.add(token.user_info(&client, claims, &|request| self.caller.ask(request))?, &self.access);
        }
        Ok(said)
    }

    /// The provider's page that ends its own session and leads to `back`, where it has one.
    #[must_use]
    pub fn leave(&self, back: &str) -> Option<String> {
        let kept = self.keeper.kept(&self.access, &self.caller).ok()?;
        let end = kept.metadata.additional_metadata().end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
        let request = LogoutRequest::from(end)
            .set_client_id(self.access.client_id().clone())
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url().into())
    }

    fn client(&self, kept: &Arc<Kept>) -> Client {
        let metadata = kept.metadata.clone();
        let methods = metadata.token_endpoint_auth_methods_supported().cloned().unwrap_or_default();
        let knows = |method| methods.contains(&method);
        let in_body =
            knows(CoreClientAuthMethod::ClientSecretPost) && !knows(CoreClientAuthMethod::ClientSecretBasic);
        let (id, secret) = (self.access.client_id().clone(), self.access.secret());
        Client::from_provider_metadata(metadata, id, secret).set_auth_type(if in_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        })
    }
}

impl Caller {
    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Outage> {
        let answer = client::send(&self.0, request, MOST)
            .map_err(|error| outage(&format!("the request failed: {error}")))?;
        if answer.status().is_server_error() {
            return Err(outage(&format!("it answered with status {}", answer.status().as_u16())));
        }
        Ok(answer)
    }
}

fn outage(cause: &str) -> Outage {
    Outage { detail: "the provider of single sign-on did not answer".into(), cause: cause.to_owned() }
}

fn no_endpoint(what: &str) -> Outage {
    outage(&format!("it names no {what} endpoint"))
}

fn redirect(back: &str) -> Result<RedirectUrl, Outage> {
    RedirectUrl::new(back.to_owned()).map_err(|_| outage("the address to come back to is no URL"))
}

/// Why there are no tokens. What the provider wrote stays out of it.
fn no_tokens(error: RequestTokenError<Outage, StandardErrorResponse<CoreErrorResponseType>>) -> Doubt {
    match error {
        RequestTokenError::Request(outage) => Doubt::Outage(outage),
        RequestTokenError::ServerResponse(said) => match said.error() {
            CoreErrorResponseType::InvalidGrant => Doubt::Code,
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                Doubt::Outage(outage("it does not know this client: its id or secret is another"))
            }
            _ => Doubt::Outage(outage("it refused to give a token for the code")),
        },
        RequestTokenError::Parse(..) => Doubt::Token("it cannot be read"),
        RequestTokenError::Other(_) => Doubt::Outage(outage("its answer to the code cannot be read")),
    }
}
