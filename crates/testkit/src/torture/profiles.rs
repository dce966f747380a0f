//! The ways in which the gateway may rotate. Which of them AliExpress follows is not documented.

use serde_json::{Value, json};

/// One way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    pub(super) name: &'static str,
    rotate: bool,
    old_access: bool,
    old_refresh: bool,
    reuse_ends: bool,
    /// Access tokens end with the sign-in window, which is then so short that it shows.
    pub(super) clipped: bool,
}

/// Seconds that an access token lives.
pub(super) const ACCESS_S: i64 = 3_600;
/// Seconds after which every pair is due: past the latest share of its life at which it is renewed.
pub(super) const DUE_AFTER_S: i64 = 3_100;
/// A sign-in window that ends soon after the first refresh.
const SHORT_WINDOW_S: i64 = 4_200;
const LONG_WINDOW_S: i64 = 50 * 365 * 86_400;

const fn profile(name: &'static str, rotate: bool, old_access: bool, old_refresh: bool) -> Profile {
    Profile {
        name,
        rotate,
        old_access,
        old_refresh,
        reuse_ends: false,
        clipped: false,
    }
}

pub(super) const PROFILES: [Profile; 10] = [
    profile("rotates", true, true, false),
    profile("rotates, old access dies", true, false, false),
    Profile {
        reuse_ends: true,
        ..profile("reuse ends the grant", true, true, false)
    },
    Profile {
        reuse_ends: true,
        ..profile("reuse ends the grant, old access dies", true, false, false)
    },
    profile("old refresh works", true, true, true),
    profile("old refresh works, old access dies", true, false, true),
    profile("no rotation", false, true, false),
    profile("no rotation, old access dies", false, false, false),
    Profile {
        clipped: true,
        ..profile("access clipped to the window", true, true, false)
    },
    Profile {
        clipped: true,
        ..profile("clipped, no rotation", false, true, false)
    },
];

impl Profile {
    /// What the sandbox is told.
    pub(super) fn switches(self) -> Value {
        let window = if self.clipped {
            SHORT_WINDOW_S
        } else {
            LONG_WINDOW_S
        };
        json!({
            "lifetimes": {"access_s": ACCESS_S, "refresh_s": window},
            "rotate_refresh_token": self.rotate,
            "old_access_valid": self.old_access,
            "old_refresh_valid": self.old_refresh,
            "reuse_ends_grant": self.reuse_ends,
            "clip_access_at_refresh": self.clipped,
        })
    }
}
