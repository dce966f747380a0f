//! The switches that choose between words.

use serde::{Deserialize, Serialize};

/// An enum whose words are its variants in snake case.
macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$case:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($(#[$case])* $variant),+ }
    )+};
}

choices! {
    /// When lists lose their wrapper and the answer its method key.
    Simplify {
        /// `simplify=true` works together with `format=json` only.
        WithFormatJson,
        /// `simplify=true` is enough.
        Alone,
        /// Never.
        Ignored,
    }

    /// What a streamlined answer goes without.
    SimplifyDrops {
        Both,
        /// The wrappers around lists; the method key stays.
        Lists,
        /// The method key; lists stay wrapped.
        Wrapper,
    }

    /// How lists are written in answers that are not streamlined.
    Lists {
        /// `{"x": […]}`, and `{}` for an empty list.
        Wrapped,
        /// The same, but a single element stands as an object where the list would be.
        SingleAsObject,
        /// `[…]`, as in some demos.
        Plain,
    }

    /// How numbers are written in answers.
    Numbers { Number, String }

    /// Whether a parameter with an empty value belongs to the signed text.
    EmptyParams { Either, Signed, Skipped }

    /// Whether `md5` and `hmac` still work on `/sync`.
    LegacySignatures { Accepted, Refused }

    /// Whether automatic payment succeeds for accounts that may use it.
    AutoPay { Works, Fails }

    /// What the same request under an `out_order_id` that has placed an order gets within a day.
    RepeatedOrder {
        /// The numbers of the existing orders, as if it had been the first.
        Answered,
        /// `REPEATED_ORDER_ERROR`, which says no number.
        Refused,
    }

    /// Which end of an answer leads on in lists that are read by index (`…order.listbyindex`).
    CommissionCursor {
        /// Oldest first: `max_query_index_id` goes into the next call.
        Max,
        /// Newest first: `min_query_index_id` does.
        Min,
    }

    /// Where the rows of `aliexpress.ds.image.searchV2` stand and how their fields are called: three
    /// sources, three forms.
    ImageSearchForm {
        /// `data.products` of the guide page.
        Guide,
        /// `data.data`, seen by a client.
        DataData,
        /// `data` itself, as the reference table has it.
        Table,
    }

    /// Where the page of `aliexpress.ds.recommend.feed.get` stands.
    RecommendFeedForm {
        /// Directly under the wrapper, as the official Java SDK and a live client have it.
        Direct,
        /// In a `resp_result`, as one TypeScript SDK types it.
        RespResult,
    }

    /// Where `aliexpress.affiliate.product.sku.detail.get` says that it succeeded.
    SkuDetailForm {
        /// Beside the inner `result`, as in the reference.
        Beside,
        /// In it, as one Go client reads it.
        Inside,
    }

    /// What `data` of `aliexpress.ds.address.get` is.
    AddressForm {
        /// The country itself, as the sample and a live client have it.
        Object,
        /// A list that holds the country, as the guide's table has it.
        List,
    }

    /// Permission groups that an app can hold.
    Permission { Dropshipping, Affiliate }

    /// In which order a call is checked.
    CheckOrder {
        /// App key, timestamp, signature, API.
        Default,
        /// App key, timestamp, API, signature.
        PathFirst,
        /// App key, signature, timestamp, API.
        SignatureFirst,
    }

    /// What `/sync` answers to a call that names no method.
    CallWithoutMethod {
        Error,
        /// A page that says "not found", with status 200, as has been reported.
        Html,
    }

    /// Whether budgets bite.
    RateLimits { Off, Enforced }

    /// Whether answers carry `_trace_id_`.
    TraceIds {
        /// Where captures have it.
        AsRecorded,
        Present,
        Absent,
    }

    /// How errors on `/sync` name themselves.
    ErrorCodes {
        /// `IllegalAccessToken`.
        Text,
        /// `27`, the form of the predecessor.
        Numeric,
    }

    /// What stands in the `type` of an error: the documentation's list and its headings disagree.
    ErrorTypes {
        AsListed,
        /// The platform's own errors are `ISV`, those of business APIs `ISP`.
        AsHeaded,
        Absent,
    }

    /// Both spellings of one error exist.
    AppKeyError {
        #[serde(rename = "InvalidAppKey")]
        InvalidAppKey,
        #[serde(rename = "InvalidAppkey")]
        InvalidAppkey,
    }

    /// What a `uuid` in the token call does.
    Uuid {
        /// It makes `InvalidCode`.
        Refused,
        Ignored,
    }

    /// How token calls may be sent.
    TokenCalls { GetAndPost, PostOnly }

    /// Beginning of authorization codes.
    CodeForm {
        /// `3_500100_…`.
        WithAppKey,
        /// `0_500100_…`, as older samples have it.
        Older,
        /// `0_…`.
        Short,
    }

    /// The login page without `redirect_uri`.
    MissingRedirectUri {
        /// Goes to the registered callback.
        Registered,
        Refused,
    }

    /// How far a `redirect_uri` may differ from the registered callback.
    RedirectUriMatch {
        Exact,
        /// A query string or a deeper path is tolerated.
        Below,
    }

    /// Unit of `timestamp` in push messages.
    PushTimestamps { Seconds, Milliseconds }
}
