//! What this device has of the log about one deployment: for when no server tells.

use std::ops::RangeInclusive;

use leptos::prelude::*;
use slipway_shared::ids::DeploymentId;
use slipway_shared::json;
use slipway_shared::log::StoredEvent;

use super::ReplicaHandle;

/// What happened to a deployment in a part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownEvents {
    /// The places of that part, the first and the last.
    pub places: Option<RangeInclusive<u64>>,
    /// What names the deployment of all that happened there, oldest first.
    pub events: Vec<StoredEvent>,
}

impl ReplicaHandle {
    /// Returns what is stored here of the log about a deployment: of a workspace that no server has all of it, else its
    /// newest part. What can't be read is not known.
    pub async fn known_events(self, deployment: DeploymentId) -> KnownEvents {
        let storage = self.engine.get_value().with(|state| state.storage.clone());
        let Some(storage) = storage else { return KnownEvents::default() };
        let texts = storage.log_texts(self.is_local()).await.unwrap_or_default();
        known_events(&texts, deployment)
    }
}

/// Finds what names a deployment in stored events. Only that is read: there may be thousands.
fn known_events(texts: &[String], deployment: DeploymentId) -> KnownEvents {
    let place =
        |text: &String| json::read::<StoredEvent>(text).ok()?.read_header().ok().map(|header| header.seq);
    let places =
        texts.first().and_then(place).zip(texts.last().and_then(place)).map(|(first, last)| first..=last);
    let id = deployment.to_string();
    let named = format!("\"deployment\":\"{id}\"");
    let events = texts
        .iter()
        .filter(|text| text.contains(&id))
        .filter_map(|text| json::read::<StoredEvent>(text).ok());
    let events =
        events.filter(|event| event.payload.as_deref().is_some_and(|payload| payload.contains(&named)));
    KnownEvents { places, events: events.collect() }
}

#[cfg(test)]
mod tests {
    use slipway_shared::canonical::Hash;

    use super::*;

    fn text(seq: u64, payload: &str) -> String {
        let header = format!(
            r#"{{"actor":"00000000-0000-0000-0000-00000000000a","at":1,"command":{{"client":"00000000-0000-0000-0000-000000000001","seq":{seq}}},"effective":1,"kind":"deployment.finished","received":1,"seq":{seq},"v":1}}"#
        );
        let event = StoredEvent {
            header,
            payload: Some(payload.to_owned()),
            payload_hash: None,
            chain: Hash::of(&[]),
        };
        json::write(&event)
    }

    #[test]
    fn what_names_a_deployment_is_found_in_the_part_that_is_here() {
        let [one, other] = [1, 2].map(DeploymentId::from_u128);
        let about = |id: DeploymentId| format!(r#"{{"deployment":"{id}"}}"#);
        let follows = format!(r#"{{"deployment":"{other}","predecessor":"{one}"}}"#);
        let texts =
            [text(40, &about(one)), text(41, &follows), text(42, &about(one)), text(43, &about(other))];
        let known = known_events(&texts, one);
        let places: Vec<_> = known.events.iter().map(|event| event.read_header().unwrap().seq).collect();
        assert_eq!((known.places, places), (Some(40..=43), vec![40, 42]));
        assert_eq!(known_events(&[], one), KnownEvents::default());
    }
}
