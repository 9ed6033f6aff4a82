//! The one place where the errors of `service` become errors of the API. Nothing private leaves: its text goes to the log
//! under an id that the client sees.

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError, SimpleObject, Value};
use service::Error;
use std::sync::Arc;
use uuid::Uuid;

/// Why a resolver gives nothing. There is no way from other errors into it, so that `?` cannot leak their text.
#[derive(Clone, Debug)]
pub(crate) struct ApiError(Arc<Error>);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl ApiError {
    /// What the client may read.
    fn public(&self) -> String {
        match &*self.0 {
            Error::Internal(_) => "Something went wrong on our side.".to_owned(),
            Error::Unavailable(_) | Error::Away(_) | Error::NoCredential(_) => {
                "This is not available right now; try again in a moment.".to_owned()
            }
            Error::NotFound(what) => format!("This {what} does not exist, or it is not yours."),
            Error::Unauthenticated => "Sign in first.".to_owned(),
            Error::Forbidden => "Your role does not allow this.".to_owned(),
            Error::RateLimited(seconds) => format!("Too many tries; wait {seconds} seconds."),
            Error::Invalid(errors) => errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" "),
        }
    }

    /// The stable word for programs.
    fn code(&self) -> &'static str {
        match &*self.0 {
            Error::Internal(_) => "INTERNAL",
            Error::Unavailable(_) | Error::Away(_) | Error::NoCredential(_) => "UNAVAILABLE",
            Error::NotFound(_) => "NOT_FOUND",
            Error::Unauthenticated => "UNAUTHENTICATED",
            Error::Forbidden => "FORBIDDEN",
            Error::RateLimited(_) => "RATE_LIMITED",
            Error::Invalid(_) => "INVALID",
        }
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code());
        match &*error.0 {
            Error::RateLimited(seconds) => extensions.set("retryAfter", *seconds),
            Error::Invalid(errors) => {
                let path = errors.first().map(|error| error.field.join(".")).unwrap_or_default();
                extensions.set("field", path);
                let reason = errors.first().map(|error| error.code.clone()).unwrap_or_default();
                extensions.set("reason", reason);
            }
            _ => {}
        }
        Self { message: error.public(), extensions: Some(extensions), source: Some(Arc::new(error)) }
    }
}

/// What a client reads of a fault that was not met as an error.
pub(crate) fn fault() -> ServerError {
    let error = ApiError::from(Error::internal("a resolver panicked"));
    async_graphql::Error::from(error).into_server_error(Pos::default())
}

/// Gives every error of a response its code, and those that are our fault the request's id; logs them, once.
pub(crate) fn finish(response: &mut Response, request_id: Uuid) {
    for error in &mut response.errors {
        let private = error.source::<ApiError>().and_then(|error| match &*error.0 {
            Error::Internal(_) => Some((true, error.0.private())),
            Error::Unavailable(_) | Error::Away(_) | Error::NoCredential(_) => Some((false, error.0.private())),
            _ => None,
        });
        if let Some((fault, context)) = private {
            let path = format!("{:?}", error.path);
            if fault {
                tracing::error!(%request_id, path, context, "a resolver failed");
            } else {
                tracing::warn!(%request_id, path, context, "something is busy or down");
            }
            error.extensions.get_or_insert_default().set("requestId", request_id.to_string());
        }
        error.source = None;
        code_of_refusal(error);
    }
}

/// Errors of the library itself have no code: they say what is wrong with the document.
fn code_of_refusal(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_some() {
        return;
    }
    let too_complex = ["too complex", "too deep", "recursion depth", "number of directives"];
    let code =
        if too_complex.iter().any(|words| error.message.contains(words)) { "TOO_COMPLEX" } else { "INVALID_DOCUMENT" };
    extensions.set("code", Value::from(code));
}

/// An input that was refused: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct UserError {
    /// Path of the field within the input; null when the input as a whole was refused.
    field: Option<Vec<String>>,
    /// A stable word for programs and translations, such as `TOO_LONG`.
    code: String,
    /// One English sentence.
    message: String,
}

impl From<service::UserError> for UserError {
    fn from(error: service::UserError) -> Self {
        Self { field: Some(error.field).filter(|field| !field.is_empty()), code: error.code, message: error.message }
    }
}

/// What a mutation gives: the thing, or why nothing was changed.
pub(crate) trait Payload: Sized {
    /// The thing.
    type Value;
    /// Puts it together.
    fn of(value: Option<Self::Value>, user_errors: Vec<UserError>) -> Self;
}

/// An expected refusal is data of the payload; anything else is an error.
pub(crate) fn payload<P: Payload>(result: Result<P::Value, Error>) -> Result<P, ApiError> {
    match result {
        Ok(value) => Ok(P::of(Some(value), Vec::new())),
        Err(Error::Invalid(errors)) => Ok(P::of(None, errors.into_iter().map(Into::into).collect())),
        Err(other) => Err(other.into()),
    }
}

/// A text of an input may have so many characters.
pub(crate) fn within(field: &str, text: &str, max: usize) -> Result<(), Error> {
    let length = text.chars().count();
    if length > max {
        return Err(Error::invalid(field, "TOO_LONG", format!("{field} has {length} characters; the limit is {max}.")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "INVALID", format!("{field} contains characters that cannot be shown.")));
    }
    Ok(())
}

/// The same for a text that may be absent.
pub(crate) fn within_if(field: &str, text: Option<&String>, max: usize) -> Result<(), Error> {
    text.map_or(Ok(()), |text| within(field, text, max))
}

/// A list of an input may have so many members.
pub(crate) fn at_most<T>(field: &str, list: &[T], max: usize) -> Result<(), Error> {
    if list.len() > max {
        return Err(Error::invalid(
            field,
            "TOO_MANY",
            format!("{field} has {} members; the limit is {max}.", list.len()),
        ));
    }
    Ok(())
}
