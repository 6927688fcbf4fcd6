//! Whether a token holds, and what it says.

use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, ClaimsVerificationError, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenClaims,
    IdTokenFields, IdTokenVerifier, Nonce, OAuth2TokenResponse, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::access::OidcAccess;
use super::{Doubt, no_endpoint, outage};
use crate::outbound::Outage;

/// How far the provider's clock may be from ours.
const LEEWAY: Duration = Duration::from_mins(1);

/// How tokens may be signed: with the provider's private key. One signed with a shared secret, or not at all, is none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// It is signed by a key that was not among the provider's when they were read.
pub const NO_KEY: &str = "its key is none of the provider's";

/// The claims that the standard has no names for, groups among them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Others(Map<String, Value>);

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Response = StandardTokenResponse<Fields, CoreTokenType>;
type Verified = IdTokenClaims<Others, CoreGenderClaim>;
type Info = UserInfoClaims<Others, CoreGenderClaim>;

/// The library's client, with [`Others`].
pub type Client = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Response,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider gave for a code.
pub struct Tokens<'t> {
    id: &'t IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    access: &'t AccessToken,
}

impl<'t> Tokens<'t> {
    pub fn of(response: &'t Response) -> Result<Self, Doubt> {
        let id = response.id_token().ok_or(Doubt::Token("the provider gave none"))?;
        Ok(Self { id, access: response.access_token() })
    }

    /// What the token says, if it is the provider's word to us about this visit.
    pub fn verified(&self, client: &Client, nonce: &Nonce) -> Result<&'t Verified, Doubt> {
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(|| (SystemTime::now() - LEEWAY).into())
            .set_issue_time_verifier_fn(|at| {
                let is_past = SystemTime::from(at) <= SystemTime::now() + LEEWAY;
                if is_past { Ok(()) } else { Err(String::new()) }
            });
        let claims = self.id.claims(&verifier, nonce).map_err(|error| doubt(&error))?;
        let ours = client.client_id();
        if claims.authorized_party().is_some_and(|party| party != ours) {
            return Err(Doubt::Audience);
        }
        self.check_hash(claims, &verifier)?;
        Ok(claims)
    }

    /// Whether the access token is the one that came with it, where the token says which.
    fn check_hash(
        &self,
        claims: &Verified,
        verifier: &IdTokenVerifier<'_, CoreJsonWebKey>,
    ) -> Result<(), Doubt> {
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let signed = self.id.signing_alg().and_then(|alg| Ok((alg, self.id.signing_key(verifier)?)));
        let (alg, key) = signed.map_err(|_| Doubt::Token(NO_KEY))?;
        let found = AccessTokenHash::from_token(self.access, alg, key);
        match found {
            Ok(found) if found == *expected => Ok(()),
            _ => Err(Doubt::Token("the access token that came with it is another")),
        }
    }

    /// What the provider says of them when it is asked; nothing where it cannot be.
    pub fn user_info(
        &self,
        client: &Client,
        claims: &Verified,
        ask: &impl Fn(HttpRequest) -> Result<HttpResponse, Outage>,
    ) -> Result<Option<Info>, Doubt> {
        if client.user_info_url().is_none() {
            return Ok(None);
        }
        // The library panics where it is no header.
        if !self.access.secret().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Doubt::Token("the access token that came with it is none"));
        }
        let request = client.user_info(self.access.clone(), Some(claims.subject().clone()));
        let found = request.map_err(|_| no_endpoint("user info"))?.request(ask);
        found.map(Some).map_err(|error| match error {
            UserInfoError::Request(outage) => Doubt::Outage(outage),
            UserInfoError::ClaimsVerification(_) => {
                Doubt::Token("what the provider says is of somebody else")
            }
            _ => Doubt::Outage(outage("what it says of who signs in cannot be read")),
        })
    }
}

/// What it is that does not hold.
fn doubt(error: &ClaimsVerificationError) -> Doubt {
    use SignatureVerificationError::{
        AmbiguousKeyId, DisallowedAlg, NoMatchingKey, NoSignature, UnsupportedAlg,
    };
    match error {
        ClaimsVerificationError::Expired(_) => Doubt::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Doubt::Audience,
        ClaimsVerificationError::InvalidNonce(_) => Doubt::Nonce,
        ClaimsVerificationError::InvalidIssuer(_) => Doubt::Token("it is another issuer's"),
        ClaimsVerificationError::SignatureVerification(error) => Doubt::Token(match error {
            NoMatchingKey => NO_KEY,
            NoSignature | DisallowedAlg(_) | UnsupportedAlg(_) => {
                "it is not signed, or not with a private key"
            }
            AmbiguousKeyId(_) => "it does not say which of the provider's keys signed it",
            _ => "it was not signed by the provider",
        }),
        _ => Doubt::Token("it is of a kind that is not understood"),
    }
}

/// What a provider says of somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who they are there, for ever.
    pub subject: String,
    /// What they are called there; may be missing, as all that follows.
    pub username: Option<String>,
    /// Their address for mail.
    pub email: Option<String>,
    /// What people call them.
    pub display_name: Option<String>,
    /// The groups that they are in.
    pub groups: Option<Vec<String>>,
}

impl Claims {
    pub(super) fn of(claims: &Verified, access: &OidcAccess) -> Self {
        let name = claims.name().and_then(|name| name.get(None));
        Self {
            subject: claims.subject().to_string(),
            username: claims.preferred_username().map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
            display_name: name.map(|name| name.to_string()),
            groups: groups(&claims.additional_claims().0, access.groups_claim()),
        }
    }

    /// Adds what is missing.
    pub(super) fn add(&mut self, info: Option<Info>, access: &OidcAccess) {
        let Some(info) = info else { return };
        let name = info.name().and_then(|name| name.get(None));
        let fill = |own: &mut Option<String>, other: Option<String>| *own = own.take().or(other);
        fill(&mut self.username, info.preferred_username().map(|name| name.to_string()));
        fill(&mut self.email, info.email().map(|email| email.to_string()));
        fill(&mut self.display_name, name.map(|name| name.to_string()));
        self.groups =
            self.groups.take().or_else(|| groups(&info.additional_claims().0, access.groups_claim()));
    }
}

/// The groups in a claim: a list, or one alone.
fn groups(claims: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let within = || {
        let mut parts = name.split('.');
        let first = claims.get(parts.next()?);
        parts.fold(first, |value, part| value?.get(part))
    };
    match claims.get(name).or_else(within)? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_in_a_claim_or_within_others() {
        let claims = serde_json::json!({
            "groups": ["a", 7, "b"], "one": "a", "realm_access": { "roles": ["c"] }, "x.y": ["d"], "n": 7,
        });
        let Value::Object(claims) = claims else { panic!() };
        let of = |name: &str| groups(&claims, name).map(|all| all.join(" "));
        assert_eq!(of("groups").as_deref(), Some("a b"));
        assert_eq!(of("one").as_deref(), Some("a"));
        assert_eq!(of("realm_access.roles").as_deref(), Some("c"));
        assert_eq!(of("x.y").as_deref(), Some("d"));
        assert_eq!((of("n"), of("none"), of("realm_access.none"), of("")), (None, None, None, None));
    }
}
