use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Defines the statuses once: variant, wire text, meaning.
macro_rules! order_statuses {
    ($($(#[$docs:meta])* $name:ident = $text:literal,)+) => {
        /// Where an order stands. Open: a status that is not listed is kept as its text.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum OrderStatus {
            $($(#[$docs])* $name,)+
            /// A status that is in no list.
            Other(
                /// Its text.
                String,
            ),
        }

        impl OrderStatus {
            /// The gateway's own text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for OrderStatus {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$name,)+
                    _ => Self::Other(text),
                }
            }
        }
    };
}

order_statuses! {
    /// Placed, not paid.
    PlaceOrderSuccess = "PLACE_ORDER_SUCCESS",
    /// The payment is being processed.
    PaymentProcessing = "PAYMENT_PROCESSING",
    /// The seller has to check the payment.
    WaitSellerExamineMoney = "WAIT_SELLER_EXAMINE_MONEY",
    /// The platform checks the order for fraud.
    RiskControl = "RISK_CONTROL",
    /// The platform holds the order back.
    RiskControlHold = "RISK_CONTROL_HOLD",
    /// Paid; the seller has to ship.
    WaitSellerSendGoods = "WAIT_SELLER_SEND_GOODS",
    /// Part of it is shipped.
    SellerPartSendGoods = "SELLER_PART_SEND_GOODS",
    /// Shipped; the buyer has to confirm.
    WaitBuyerAcceptGoods = "WAIT_BUYER_ACCEPT_GOODS",
    /// Ended: delivered, or cancelled (see the lines' `end_reason`).
    Finish = "FINISH",
    /// Being cancelled.
    InCancel = "IN_CANCEL",
    /// Waits for others to join a group purchase.
    WaitGroup = "WAIT_GROUP",
    /// The address has to be completed.
    WaitCompleteAddress = "WAIT_COMPLETE_ADDRESS",
    /// Money is being moved.
    FundProcessing = "FUND_PROCESSING",
    /// In dispute.
    InIssue = "IN_ISSUE",
    /// Frozen.
    InFrozen = "IN_FROZEN",
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for OrderStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for OrderStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
