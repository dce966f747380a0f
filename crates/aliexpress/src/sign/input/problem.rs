/// Why a paste cannot be explained. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasteError {
    /// Nothing was pasted.
    #[error("nothing was given")]
    Empty,
    /// More than any request holds.
    #[error("this is too long for a request: at most 4 MiB are read")]
    TooLarge,
    /// Neither an address nor a form body nor a curl line.
    #[error(
        "this is neither a whole address, nor a form body (name=value&…), nor a curl command line"
    )]
    NotARequest,
    /// One of several words is no `name=value`.
    #[error(
        "word {position} is no parameter: write name=value, or give one whole address, form body or curl line"
    )]
    NotAPair {
        /// Which word, counted from 1.
        position: usize,
    },
    /// It begins like an address and is none.
    #[error("the address cannot be read; paste it whole, from https:// on")]
    NotAnAddress,
    /// The page where people sign in.
    #[error("this is the page where people sign in (/oauth/authorize); it carries no signature")]
    AuthorizePage,
    /// There is no parameter at all.
    #[error(
        "there are no parameters: paste the address with what stands behind the ?, or the form body that was sent"
    )]
    NoParameters,
    /// The body is JSON, which the gateway does not look at.
    #[error(
        "the body is JSON: the gateway reads no parameters from it and answers MissingParameter; send a form \
         (application/x-www-form-urlencoded)"
    )]
    JsonBody,
    /// A parameter without a name.
    #[error("parameter {position} has no name in front of its =")]
    NoName {
        /// Which parameter, counted from 1.
        position: usize,
    },
    /// A value that is no UTF-8 once decoded.
    #[error("the value of `{name}` is no UTF-8 once decoded; encode the UTF-8 bytes of the text")]
    NotUtf8 {
        /// The parameter's name.
        name: String,
    },
    /// A parameter that is given twice with different values; which one the gateway takes is not known.
    #[error("`{name}` is given twice with different values; send it once")]
    Contradiction {
        /// The parameter's name.
        name: String,
    },
    /// A quote in the curl line that is opened and not closed.
    #[error("a quote in the curl line is opened and not closed ({quote}); paste the whole command")]
    OpenQuote {
        /// Which quote.
        quote: char,
    },
    /// A curl line without an address.
    #[error("the curl line has no address")]
    NoAddress,
    /// The curl line reads its body from a file.
    #[error("the curl line reads from a file (@…); paste what stands in the file instead")]
    BodyInFile,
}
