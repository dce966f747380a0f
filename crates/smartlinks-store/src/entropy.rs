//! Randomness, passed in like the clock so that tests can repeat a run.

use rand::TryRng as _;
use rand::rngs::SysRng;

/// A source of random bytes fit for keys, nonces and ids.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// When the source has none to give; nothing may then be sealed or named.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes: {reason}")]
pub struct EntropyError {
    /// What the source said.
    pub reason: String,
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        SysRng.try_fill_bytes(bytes).map_err(|error| EntropyError {
            reason: error.to_string(),
        })
    }
}
