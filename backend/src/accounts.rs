//! The parts accounts are made of: passwords, secrets, second factors, and who may try how often.
//!
//! Nothing here knows HTTP or SQL, and what time it is comes in. Of files it reads one: the key of what is kept locked.

pub mod client_ip;
pub mod lockbox;
pub mod password;
pub mod qr;
pub mod rates;
pub mod secret;
pub mod totp;
