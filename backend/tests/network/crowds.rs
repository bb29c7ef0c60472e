//! How many connections one address may have.

use std::io::{ErrorKind, Read};
use std::net::{IpAddr, TcpStream, UdpSocket};
use std::time::Duration;

use super::{Files, NAME, PUBLIC, Server, get, words};

/// As many as one address may have that is neither this computer's loopback nor a proxy's.
const MOST: usize = 256;

/// An address of this computer under which it is not itself to the server: nothing is sent to find it.
fn own_address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("192.0.2.1:9").expect("this computer is in no network");
    let address = socket.local_addr().unwrap().ip();
    assert!(!address.is_loopback());
    address
}

/// Tells whether the server has hung up; one that has not sends nothing.
fn is_open(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    matches!(stream.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

/// Waits until the server hangs up.
fn is_hung_up_on(mut stream: TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn an_address_has_only_so_many_connections_and_others_are_answered() {
    let files = Files::new();
    let server = Server::start("0.0.0.0:0", &[files.flags(), words(&PUBLIC)].concat());
    let address = (own_address(), server.address.port());
    let mut held: Vec<_> = (0..MOST).map(|_| TcpStream::connect(address).unwrap()).collect();
    let beyond = TcpStream::connect(address).unwrap();
    assert!(is_hung_up_on(beyond), "one more than it may have");
    assert!(held.iter_mut().all(is_open), "those before are kept");
    // Whoever comes from elsewhere is none of them.
    assert!(server.ask_secured(&files, &get(&[("host", NAME)])).unwrap().starts_with("HTTP/1.1 200"));
    drop(held);
    // The places are free again once the server has seen that.
    let began = std::time::Instant::now();
    while !is_kept(address) {
        assert!(began.elapsed() < Duration::from_secs(30), "no place is free again");
    }
}

/// Tells whether a new connection is not hung up on within a moment.
fn is_kept(address: (IpAddr, u16)) -> bool {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    matches!(stream.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}
