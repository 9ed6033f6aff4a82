//! Google's OAuth: the address at which people agree, codes and refresh tokens for access tokens (outside.md §11).

use super::{NAME, SCOPES};
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
        let scope = SCOPES.join(" ");
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
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
