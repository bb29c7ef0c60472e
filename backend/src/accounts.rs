//! The parts accounts are made of: passwords, secrets, second factors, and who may try how often. Nothing here
//! knows HTTP or SQL, and what time it is comes in.

pub mod client_ip;
pub mod password;
pub mod rates;
pub mod secret;
pub mod totp;
