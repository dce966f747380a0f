//! A new pair takes the place of the one before it, which is kept until the new one has served.

use super::reading::{PRESENT, PREVIOUS, open_pair, seal_pair, seal_some};
use super::{ConnectionId, TokenMaterial};
use crate::seal::{Sealer, Sealing};
use crate::sql::{Fields, Value, values};
use crate::{Millis, StoreError};

/// The pair whose place is taken.
pub(crate) struct Former {
    pub(crate) material: TokenMaterial,
    generation: i64,
    works_until: Option<Millis>,
}

impl Former {
    /// That of a row; none where there is none.
    pub(crate) fn of(sealer: &Sealer, fields: &Fields<'_>) -> Result<Option<Self>, StoreError> {
        let Some(material) = open_pair(sealer, fields, PRESENT)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            material,
            generation: fields.int("generation")?,
            works_until: fields.maybe_moment("works_until")?,
        }))
    }

    /// That of a row, where a whole pair comes in its place. One that does not open is let go: it must not keep out what
    /// is worth more.
    pub(crate) fn if_it_opens(
        sealer: &Sealer,
        fields: &Fields<'_>,
    ) -> Result<Option<Self>, StoreError> {
        match Self::of(sealer, fields) {
            Err(StoreError::Seal(error)) => {
                tracing::warn!(
                    connection.id = fields.id(),
                    %error,
                    "a former pair does not open and is let go"
                );
                Ok(None)
            }
            former => former,
        }
    }
}

/// What a change of pairs stores, in this order: `access_token`, `refresh_token`, `previous_access_token`,
/// `previous_refresh_token`, `previous_generation`, `previous_works_until`, `sealed_with`.
pub(crate) fn sealed_values(
    sealing: &Sealing,
    id: &ConnectionId,
    material: &TokenMaterial,
    former: Option<&Former>,
) -> Result<Vec<Value>, StoreError> {
    let present = seal_pair(sealing, id.as_str(), PRESENT, material)?;
    let kept = former.map(|former| &former.material);
    let previous = seal_some(sealing, id.as_str(), PREVIOUS, kept)?;
    Ok(values![
        present.access,
        present.refresh,
        previous.access,
        previous.refresh,
        former.map(|former| former.generation),
        former.and_then(|former| former.works_until),
        sealing.key_id(),
    ])
}
