//! The gate before GraphQL's parser: bytes in, a request or a refusal out. Pure, linear in the length of the document.
//!
//! The library's own limits come too late: some 1,500 brackets overflow its parser's stack, and two dozen fragments that
//! spread each other twice keep its depth check busy for a minute (reliability.md §2). What passes here can do neither.

use std::collections::HashMap;

/// The longest request body, bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The longest document, bytes.
pub const MAX_DOCUMENT: usize = 32 * 1024;
/// How deep brackets of any kind may nest.
pub const MAX_DEPTH: usize = 32;
/// Fragment spreads and inline fragments as written.
pub const MAX_SPREADS: usize = 30;
/// Fragment spreads once every fragment is put in its place.
pub const MAX_EXPANDED: u64 = 500;
/// Tokens.
pub const MAX_TOKENS: usize = 1000;
/// Aliases, and how often one name may be selected.
pub const MAX_ALIASES: usize = 100;
/// Directives.
pub const MAX_DIRECTIVES: usize = 50;

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable word.
    pub code: &'static str,
    /// One sentence.
    pub message: &'static str,
}

const fn refused<T>(code: &'static str, message: &'static str) -> Result<T, Refused> {
    Err(Refused { code, message })
}

/// One token of a document, as far as the gate cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Spread,
    Open(u8),
    Close(u8),
    At,
    Colon,
    /// Strings, numbers and the remaining signs.
    Other,
}

/// Splits a document into tokens; never fails: what it does not know is the parser's to refuse.
struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !keep(*byte)).unwrap_or(rest.len());
    }

    /// Stands behind the closing quotes afterwards, or at the end when there are none.
    fn skip_string(&mut self) {
        let bytes = self.text.as_bytes();
        if bytes[self.at..].starts_with(b"\"\"\"") {
            self.at += 3;
            while self.at < bytes.len() {
                if bytes[self.at..].starts_with(b"\\\"\"\"") {
                    self.at += 4;
                } else if bytes[self.at..].starts_with(b"\"\"\"") {
                    self.at += 3;
                    return;
                } else {
                    self.at += 1;
                }
            }
            return;
        }
        self.at += 1;
        while self.at < bytes.len() {
            match bytes[self.at] {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                // A plain string ends with its line: brackets after a stray quote are brackets again.
                b'\n' | b'\r' => return,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(bytes.len());
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xef | 0xbb | 0xbf => self.at += 1,
                b'#' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                b'"' => {
                    self.skip_string();
                    return Some(Token::Other);
                }
                b'.' if bytes[self.at..].starts_with(b"...") => {
                    self.at += 3;
                    return Some(Token::Spread);
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let start = self.at;
                    self.skip_while(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
                    return Some(Token::Name(&self.text[start..self.at]));
                }
                b'0'..=b'9' | b'-' => {
                    self.at += 1;
                    self.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'));
                    return Some(Token::Other);
                }
                _ => {
                    self.at += 1;
                    return Some(match byte {
                        b'{' | b'[' | b'(' => Token::Open(byte),
                        b'}' | b']' | b')' => Token::Close(byte),
                        b'@' => Token::At,
                        b':' => Token::Colon,
                        _ => Token::Other,
                    });
                }
            }
        }
    }
}

/// A definition at the top of a document and what it spreads.
#[derive(Default)]
struct Definition<'a> {
    fragment: Option<&'a str>,
    spreads: Vec<&'a str>,
}

/// Checks a document before any parser sees it.
///
/// # Errors
/// [`Refused`] with the limit that was passed.
pub fn check(document: &str) -> Result<(), Refused> {
    if document.len() > MAX_DOCUMENT {
        return refused("DOCUMENT_TOO_LONG", "The document is longer than 32 KB.");
    }
    let mut open: Vec<u8> = Vec::with_capacity(MAX_DEPTH);
    let mut parentheses = 0_usize;
    let (mut tokens, mut spreads, mut directives, mut aliases, mut operations) = (0, 0, 0, 0, 0);
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    // Whether the next token begins a definition, and the name that stands just before.
    let mut begins = true;
    let mut before: [Option<Token<'_>>; 2] = [None, None];
    for token in (Lexer { text: document, at: 0 }) {
        tokens += 1;
        if tokens > MAX_TOKENS {
            return refused("TOO_MANY_TOKENS", "The document has more than 1,000 tokens.");
        }
        if begins {
            begins = false;
            definitions.push(Definition::default());
            if matches!(token, Token::Open(b'{') | Token::Name("query" | "mutation" | "subscription")) {
                operations += 1;
            }
        }
        let selecting = parentheses == 0 && open.last() == Some(&b'{');
        match token {
            Token::Open(bracket) => {
                if open.len() == MAX_DEPTH {
                    return refused("TOO_DEEP", "The document nests deeper than 32 brackets.");
                }
                open.push(bracket);
                parentheses += usize::from(bracket == b'(');
            }
            Token::Close(_) => {
                let closed = open.pop();
                parentheses -= usize::from(closed == Some(b'('));
                begins = open.is_empty() && closed == Some(b'{');
            }
            Token::Spread => {
                spreads += 1;
                if spreads > MAX_SPREADS {
                    return refused("TOO_MANY_FRAGMENTS", "The document spreads more than 30 fragments.");
                }
            }
            Token::At => {
                directives += 1;
                if directives > MAX_DIRECTIVES {
                    return refused("TOO_MANY_DIRECTIVES", "The document has more than 50 directives.");
                }
            }
            Token::Colon if selecting => {
                aliases += 1;
                if aliases > MAX_ALIASES {
                    return refused("TOO_MANY_ALIASES", "The document has more than 100 aliases.");
                }
            }
            Token::Name(name) => {
                if before[1] == Some(Token::Spread) && name != "on" {
                    if let Some(definition) = definitions.last_mut() {
                        definition.spreads.push(name);
                    }
                } else if selecting {
                    let seen = names.entry(name).or_default();
                    *seen += 1;
                    if *seen > MAX_ALIASES {
                        return refused("TOO_MANY_REPETITIONS", "The document selects one field more than 100 times.");
                    }
                } else if open.is_empty()
                    && before[1] == Some(Token::Name("fragment"))
                    && let Some(definition) = definitions.last_mut()
                    && definition.fragment.is_none()
                {
                    definition.fragment = Some(name);
                }
            }
            Token::Colon | Token::Other => {}
        }
        before = [before[1], Some(token)];
    }
    if operations > 1 {
        return refused("TOO_MANY_OPERATIONS", "The document has more than one operation.");
    }
    if operations == 0 {
        return refused("NO_OPERATION", "The document has no operation.");
    }
    expanded(&definitions)
}

/// Refuses fragments that spread themselves, and those that multiply when put in their places.
fn expanded(definitions: &[Definition<'_>]) -> Result<(), Refused> {
    let by_name: HashMap<&str, usize> =
        definitions.iter().enumerate().filter_map(|(at, definition)| Some((definition.fragment?, at))).collect();
    let mut known: Vec<Option<u64>> = vec![None; definitions.len()];
    let mut within = vec![false; definitions.len()];
    for at in 0..definitions.len() {
        if weigh(at, definitions, &by_name, &mut known, &mut within)? > MAX_EXPANDED {
            return refused("TOO_COMPLEX", "The document's fragments multiply beyond 500 spreads.");
        }
    }
    Ok(())
}

/// How many spreads a definition comes to. Each is weighed once; the recursion is as deep as there are fragments, and the
/// cap on spreads bounds those that are entered.
fn weigh(
    at: usize,
    definitions: &[Definition<'_>],
    by_name: &HashMap<&str, usize>,
    known: &mut [Option<u64>],
    within: &mut [bool],
) -> Result<u64, Refused> {
    if let Some(weight) = known[at] {
        return Ok(weight);
    }
    if within[at] {
        return refused("FRAGMENT_CYCLE", "A fragment spreads itself.");
    }
    within[at] = true;
    let mut weight = 0_u64;
    for name in &definitions[at].spreads {
        let inner = match by_name.get(name) {
            Some(inner) => weigh(*inner, definitions, by_name, known, within)?,
            None => 0,
        };
        weight = weight.saturating_add(1).saturating_add(inner);
    }
    within[at] = false;
    known[at] = Some(weight);
    Ok(weight)
}

/// Reads a request body: one JSON object with a checked document.
///
/// # Errors
/// [`Refused`]: no JSON, a batch, or a document that [`check`] refuses.
pub fn read(body: &[u8]) -> Result<async_graphql::Request, Refused> {
    if body.len() > MAX_BODY {
        return refused("BODY_TOO_LARGE", "The request is larger than 1 MB.");
    }
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return refused("BATCH", "Send one operation a request.");
    }
    let Ok(request) = serde_json::from_slice::<async_graphql::Request>(body) else {
        return refused("MALFORMED", "The body must be a JSON object with the field query.");
    };
    check(&request.query)?;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::time::Duration;

    /// What this thread has computed, whatever else the machine does meanwhile.
    fn worked() -> Duration {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or(0))
    }

    fn code(document: &str) -> &'static str {
        let before = worked();
        let code = check(document).map_or_else(|refused| refused.code, |()| "");
        assert!(worked() - before < Duration::from_millis(50), "the gate took {:?}", worked() - before);
        code
    }

    #[test]
    fn lets_ordinary_documents_pass() {
        for document in [
            "{ viewer { id name } }",
            "query Inbox($id: ID!, $filter: Filter = {a: [1, -2.5e3], s: \"}}\"}) { company(id: $id) { ...Parts @include(if: true) } }\n\
             fragment Parts on Company { id name # { { {\n }",
            "mutation Say($input: SayInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }",
            "subscription { events { __typename ... on Message { id } } }",
            "{ a(text: \"\"\"block \\\"\"\" { [ ( \"\"\") }",
        ] {
            assert_eq!(code(document), "", "{document}");
        }
    }

    #[test]
    fn refuses_fragments_that_multiply() {
        // reliability.md case 46: fragments that double, 24 to 31 of them, with 2 to 8 spreads each.
        for (fragments, each) in [(24, 2), (31, 2), (24, 8)] {
            let mut document = "{ ...F0 }".to_owned();
            for at in 0..fragments {
                let _ = write!(document, "fragment F{at} on Query {{ {} }}", format!("...F{} ", at + 1).repeat(each));
            }
            let _ = write!(document, "fragment F{fragments} on Query {{ a }}");
            assert_eq!(code(&document), "TOO_MANY_FRAGMENTS");
        }
        // Fifteen that double stay below the written cap and are stopped by what they come to.
        let mut document = "{ ...F0 }".to_owned();
        for at in 0..14 {
            let _ = write!(document, "fragment F{at} on Query {{ ...F{0} ...F{0} }}", at + 1);
        }
        document.push_str("fragment F14 on Query { a }");
        assert_eq!(code(&document), "TOO_COMPLEX");
    }

    #[test]
    fn refuses_depth_of_every_bracket() {
        for depth in [33, 1_500, 5_000] {
            assert_eq!(code(&format!("{{ a(x: {}) }}", "[".repeat(depth))), "TOO_DEEP");
            assert_eq!(code(&format!("{{ a(x: {}) }}", "{a:".repeat(depth))), "TOO_DEEP");
            assert_eq!(code(&format!("query($x: {}Int{}) {{ a }}", "[".repeat(depth), "]".repeat(depth))), "TOO_DEEP");
            assert_eq!(code(&format!("query($x: T = {}) {{ a }}", "[".repeat(depth))), "TOO_DEEP");
            assert_eq!(code(&"{a".repeat(depth)), "TOO_DEEP");
        }
        assert_eq!(code(&format!("{{ a(x: {}) }}", "[".repeat(100_000))), "DOCUMENT_TOO_LONG");
        // A quote that is never closed hides nothing that comes on the next line.
        assert_eq!(code(&format!("{{ a(x: \"\n{}", "[".repeat(40))), "TOO_DEEP");
        // Brackets in strings and comments are none.
        assert_eq!(code(&format!("{{ a(x: \"{0}\") # {0}\n }}", "[".repeat(400))), "");
    }

    #[test]
    fn refuses_cycles() {
        assert_eq!(code("{ ...A } fragment A on Q { ...A ...A }"), "FRAGMENT_CYCLE");
        assert_eq!(code("{ ...A } fragment A on Q { ...B } fragment B on Q { b { ...A } }"), "FRAGMENT_CYCLE");
        let mut ten = "{ ...F0 }".to_owned();
        for at in 0..10 {
            let _ = write!(ten, "fragment F{at} on Q {{ ...F{} }}", (at + 1) % 10);
        }
        assert_eq!(code(&ten), "FRAGMENT_CYCLE");
    }

    #[test]
    fn refuses_too_many_of_anything() {
        let many = |n: usize, part: &str| format!("{{ {} }}", part.repeat(n));
        let aliases = (0..101).fold(String::new(), |mut all, at| {
            let _ = write!(all, "a{at}: f{at} ");
            all
        });
        assert_eq!(code(&format!("{{ {aliases} }}")), "TOO_MANY_ALIASES");
        assert_eq!(code(&many(500, "viewer ")), "TOO_MANY_REPETITIONS");
        assert_eq!(code(&format!("{{ a {} }}", "@d ".repeat(51))), "TOO_MANY_DIRECTIVES");
        assert_eq!(code(&format!("query {} {{ a }}", "@d ".repeat(51))), "TOO_MANY_DIRECTIVES");
        assert_eq!(code(&format!("{{ ...F {} }} fragment F on Q {{ a }}", "@d ".repeat(51))), "TOO_MANY_DIRECTIVES");
        assert_eq!(code(&format!("{{ ... {} {{ a }} }}", "@d ".repeat(51))), "TOO_MANY_DIRECTIVES");
        assert_eq!(code(&format!("{{ a(x: [{}]) }}", "1 ".repeat(1_001))), "TOO_MANY_TOKENS");
        assert_eq!(code(&many(20, "a").repeat(20)), "TOO_MANY_OPERATIONS");
        assert_eq!(code("query A { a } mutation B { b }"), "TOO_MANY_OPERATIONS");
        assert_eq!(code(""), "NO_OPERATION");
        assert_eq!(code("fragment A on Q { a }"), "NO_OPERATION");
    }

    #[test]
    fn refuses_batches_and_what_is_no_request() {
        let code = |body: &[u8]| read(body).map_or_else(|refused| refused.code, |_| "");
        assert_eq!(code(br#" [{"query":"{a}"},{"query":"{a}"}]"#), "BATCH");
        assert_eq!(code(br#"{"query":1}"#), "MALFORMED");
        assert_eq!(code(b"\xff\xfe"), "MALFORMED");
        assert_eq!(code(format!("{{\"variables\":{}", "[".repeat(10_000)).as_bytes()), "MALFORMED");
        assert_eq!(code(&vec![b' '; MAX_BODY + 1]), "BODY_TOO_LARGE");
        assert_eq!(code(br#"{"query":"{a}","variables":{"a":[1]},"operationName":null}"#), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Never panics, whatever comes.
        #[test]
        fn survives_anything(document in "\\PC{0,400}") {
            let _ = check(&document);
        }

        /// Bytes off the wire: never a panic, never late, and what passes is a document that the library's parser survives.
        #[test]
        fn survives_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = read(&bytes);
        }

        /// A good request with some bytes changed, left out or doubled.
        #[test]
        fn survives_bent_requests(
            seed in 0_usize..4,
            bends in prop::collection::vec((0_usize..400, any::<u8>(), 0_u8..3), 1..12),
        ) {
            let good = [
                r#"{"query":"query A($a: [Int!] = [1], $b: T = {c: \"x\"}) { a(b: $b) { ...F @skip(if: true) } } fragment F on T { d }"}"#,
                r#"{"query":"mutation($i: I!) { change(input: $i) { id userErrors { code } } }","variables":{"i":{"a":[1,{"b":null}]}}}"#,
                r#"{"query":"subscription { a { ... on B { c } } } # }","operationName":"x","extensions":{}}"#,
                r#"{"query":"{ a(t: \"\"\"block \\\"\"\" { [\"\"\") e: f(n: -1.5e3, v: ENUM) }"}"#,
            ];
            let mut bytes = good[seed].as_bytes().to_vec();
            for (at, byte, how) in bends {
                let at = at % bytes.len().max(1);
                match how {
                    0 if !bytes.is_empty() => bytes[at] = byte,
                    1 if !bytes.is_empty() => { bytes.remove(at); }
                    _ => bytes.insert(at, byte),
                }
            }
            let before = worked();
            if let Ok(mut request) = read(&bytes) {
                let _ = request.parsed_query();
            }
            prop_assert!(worked() - before < Duration::from_millis(200));
        }

        /// Never panics on what looks like a document, and is never late.
        #[test]
        fn survives_pieces(pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", "(", ")", "...", "\"", "\"\"\"", "\\", "#", "\n", "query ", "fragment ", "on ", "A ", "@a", ":", "$", "é", "\u{feff}", "1", "-",
        ]), 0..2_000)) {
            let document = pieces.concat();
            let before = worked();
            let passed = check(&document).is_ok();
            prop_assert!(worked() - before < Duration::from_millis(50));
            if passed {
                // The parser behind the gate overflows its stack on what is too deep: then this whole process would die.
                let _ = async_graphql::Request::new(document).parsed_query();
            }
        }
    }
}
