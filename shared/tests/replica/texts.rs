//! Texts keep every sign they have on their way to the server and back.

use slipway_shared::sync::envelope::WireCommand;

use super::test;
use super::world::{PAGE, Server, key, shown, submit, title};

#[test]
fn every_sign_of_a_text_survives_the_way_to_the_server_and_back() {
    let texts = [
        // Signs outside the first plane, joined ones, flags, and skin tones.
        "🚀 ship 👩🏽‍🚀 to 🇫🇷 now",
        // Combining signs stay as they were written, in both of their forms.
        "cafe\u{301} and café",
        // Right to left, with marks of direction; what overrides it is refused in a name, see rules/limits.rs.
        "\u{200f}שלום\u{200f} and مرحبا",
        // What JSON, HTML and SQL have to escape.
        "\"\\ </script> \u{2028} \u{2029} ' ; -- \u{fffd}",
    ];
    for text in texts {
        let mut server = Server::new();
        let mut replica = server.replica();
        let wire = submit(&mut replica, key(PAGE, 1), title(text));
        let bytes = serde_json::to_vec(&wire).unwrap();
        let read: WireCommand = serde_json::from_slice(&bytes).unwrap();
        server.admits(&read);
        assert_eq!(shown(&server.replica()), text);
        assert_eq!(shown(&replica), text, "what was predicted");
    }
}
