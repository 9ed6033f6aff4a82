//! Google's OAuth: the address at which people agree, codes and refresh tokens for access tokens (outside.md §11).

use super::{NAME, SCOPES, WHOSE};
use crate::error::{Error, Kind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::http::Http;
use foundation::secret::{sha256_hex, unhex};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::time::Duration;

/// The largest answer that is read, bytes.
const MOST_ANSWER: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// The installation's own registration at Google.
#[derive(Clone)]
pub struct OAuth {
    http: Http,
    token_url: String,
    consent_url: String,
    client_id: String,
    client_secret: SecretString,
    redirect_uri: String,
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OAuth({})", self.client_id)
    }
}

/// What a person is asked to agree to.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// The challenge of the verifier that is sent with the code ([`challenge`]).
    pub challenge: &'a str,
}

/// An account at Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Stays the same, also when the address changes, and is never another's
    /// (<https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload>).
    pub id: String,
    /// Its address, for people.
    pub email: Option<String>,
}

/// What Google gives for a code or a refresh token.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For calls.
    pub access: SecretString,
    /// For new access tokens; only with the first consent.
    pub refresh: Option<SecretString>,
    /// How long the access token lives.
    pub lives: Duration,
    /// What was agreed to; people may leave out a part.
    pub scopes: Vec<String>,
    /// Whose they are; told with a consent.
    pub account: Option<Account>,
}

impl Tokens {
    /// Whether everything was agreed to that is needed.
    #[must_use]
    pub fn suffice(&self) -> bool {
        SCOPES.iter().all(|wanted| self.scopes.iter().any(|scope| scope == wanted))
    }
}

#[derive(Deserialize)]
struct TokenBody {
    access_token: String,
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: u64,
    #[serde(default)]
    scope: String,
    id_token: Option<String>,
}

/// What is read of an id token.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

/// Whose an id token is. It comes from Google itself in the answer to our own call, so TLS has vouched for it as a signature would
/// (OpenID Connect Core 1.0, 3.1.3.7, 6).
fn account_of(id_token: &str, client_id: &str) -> Option<Account> {
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let good = ["https://accounts.google.com", "accounts.google.com"].contains(&claims.iss.as_str())
        && claims.aud == client_id
        && !claims.sub.is_empty();
    good.then(|| Account { id: claims.sub, email: claims.email.filter(|_| claims.email_verified) })
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The challenge of a verifier (RFC 7636, S256).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(unhex(&sha256_hex(verifier.as_bytes())).unwrap_or_default())
}

impl OAuth {
    /// The registration. Addresses without a slash at their end.
    #[must_use]
    pub fn new(
        http: Http,
        (token_url, consent_url): (&str, &str),
        client_id: &str,
        client_secret: SecretString,
        redirect_uri: String,
    ) -> Self {
        Self {
            http,
            token_url: token_url.to_owned(),
            consent_url: consent_url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            redirect_uri,
        }
    }

    /// Where the person agrees. A refresh token comes only with `access_type=offline` and `prompt=consent`.
    ///
    /// # Errors
    /// [`Error`] when the configured address is none.
    pub fn consent_url(&self, consent: &Consent<'_>) -> Result<String, Error> {
        let scope = format!("{WHOSE} {}", SCOPES.join(" "));
        let query = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", scope.as_str()),
            ("state", consent.state),
            ("code_challenge", consent.challenge),
            ("code_challenge_method", "S256"),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("include_granted_scopes", "false"),
        ];
        Url::parse_with_params(&format!("{}/o/oauth2/v2/auth", self.consent_url), query)
            .map(String::from)
            .map_err(|_| Error::new(NAME, Kind::Request, "the address for consent is not a URL"))
    }

    /// Tokens for the code that came back.
    ///
    /// # Errors
    /// [`Error`]; of kind `Credentials` when the code is used, too old or of another verifier.
    pub async fn exchange(&self, code: &str, verifier: &str) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", self.redirect_uri.as_str()),
        ];
        self.token(&form).await
    }

    /// A new access token.
    ///
    /// # Errors
    /// [`Error`]; of kind `Credentials` when the person took the consent back, or Google did.
    pub async fn refresh(&self, refresh: &SecretString) -> Result<Tokens, Error> {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())]).await
    }

    /// Takes the consent back; what is not known any more is taken back.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn revoke(&self, refresh: &SecretString) -> Result<(), Error> {
        let lost = |error| Error::of_http(NAME, &error, true);
        let request = self
            .http
            .request(Method::POST, &format!("{}/revoke", self.token_url))
            .map_err(lost)?
            .timeout(TIMEOUT)
            .form(&[("token", refresh.expose_secret())]);
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(lost)?;
        if answer.status.is_success() || answer.status.as_u16() == 400 {
            return Ok(());
        }
        Err(Error::of_status(NAME, &answer, "the consent could not be taken back"))
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<Tokens, Error> {
        let lost = |error| Error::of_http(NAME, &error, true);
        let mut form = form.to_vec();
        form.push(("client_id", &self.client_id));
        form.push(("client_secret", self.client_secret.expose_secret()));
        let request = self
            .http
            .request(Method::POST, &format!("{}/token", self.token_url))
            .map_err(lost)?
            .timeout(TIMEOUT)
            .form(&form);
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(lost)?;
        if !answer.status.is_success() {
            let body: ErrorBody = serde_json::from_slice(&answer.body).unwrap_or_default();
            let text = if body.error_description.is_empty() { &body.error } else { &body.error_description };
            let error = match body.error.as_str() {
                "invalid_grant" | "unauthorized_client" => Error::new(NAME, Kind::Credentials, text),
                // The installation's own registration is wrong: no consent is dead for that.
                "invalid_client" => Error::new(NAME, Kind::Request, text),
                _ => Error::of_status(NAME, &answer, if text.is_empty() { "the answer cannot be read" } else { text }),
            };
            return Err(if body.error.is_empty() { error } else { error.with_code(body.error) });
        }
        let body: TokenBody = serde_json::from_slice(&answer.body)
            .map_err(|_| Error::new(NAME, Kind::Unavailable, "the answer cannot be read"))?;
        Ok(Tokens {
            access: body.access_token.into(),
            refresh: body.refresh_token.map(SecretString::from),
            lives: Duration::from_secs(body.expires_in),
            scopes: body.scope.split_whitespace().map(str::to_owned).collect(),
            account: body.id_token.and_then(|token| account_of(&token, &self.client_id)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn an_account_is_read_of_a_token_that_is_ours() {
        let token = |claims: &Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut claims = json!({ "iss": "https://accounts.google.com", "aud": "us", "sub": "1007", "exp": 1,
            "email": "owner@example.com", "email_verified": true });
        let account =
            |id: &str, email: Option<&str>| Some(Account { id: id.to_owned(), email: email.map(str::to_owned) });
        assert_eq!(account_of(&token(&claims), "us"), account("1007", Some("owner@example.com")));
        assert_eq!(account_of(&token(&claims), "others"), None);
        claims["email_verified"] = json!(false);
        assert_eq!(account_of(&token(&claims), "us"), account("1007", None));
        claims["iss"] = json!("https://accounts.example.com");
        assert_eq!(account_of(&token(&claims), "us"), None);
        for broken in ["", "a", "a.b", "a.e30.c", "a.!.c", "..", "a.bnVsbA.c"] {
            assert_eq!(account_of(broken, "us"), None, "{broken}");
        }
    }

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
