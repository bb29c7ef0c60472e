//! The app in real browsers, against the real server.
