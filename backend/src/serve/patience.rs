//! A connection whose other side takes nothing any more is given up: what waits to be sent would stay in memory.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the other side may take nothing. A heartbeat goes out more often.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that fails once nothing can be written to it for long.
pub(super) struct Patient<S> {
    stream: S,
    /// When it is given up, while something waits to be written.
    until: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self { stream, until: None }
    }

    /// Passes on what came of a try to write; one that waits may not wait for ever.
    fn hurried<T>(&mut self, context: &mut Context<'_>, tried: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if tried.is_ready() {
            self.until = None;
            return tried;
        }
        let until = self.until.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + PATIENCE)));
        match until.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.hurried(context, tried)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.hurried(context, tried)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tried = Pin::new(&mut self.stream).poll_flush(context);
        self.hurried(context, tried)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tried = Pin::new(&mut self.stream).poll_shutdown(context);
        self.hurried(context, tried)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Takes so many bytes more.
    struct Room(usize);

    impl AsyncRead for Room {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Room {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken > 0 { Poll::Ready(Ok(taken)) } else { Poll::Pending }
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn write(stream: &mut Patient<Room>) -> Result<usize, io::ErrorKind> {
        let written = poll_fn(|context| Pin::new(&mut *stream).poll_write(context, &[7; 4])).await;
        written.map_err(|error| error.kind())
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up_and_who_takes_little_is_not() {
        let mut stream = Patient::new(Room(5));
        assert_eq!((write(&mut stream).await, write(&mut stream).await), (Ok(4), Ok(1)));
        let began = Instant::now();
        assert_eq!(write(&mut stream).await, Err(io::ErrorKind::TimedOut));
        assert!((PATIENCE..PATIENCE * 2).contains(&began.elapsed()));
        // What was taken begins the wait anew.
        let mut stream = Patient::new(Room(0));
        let waits = tokio::time::timeout(PATIENCE / 2, write(&mut stream));
        assert!(waits.await.is_err());
        stream.stream.0 = 4;
        assert_eq!(write(&mut stream).await, Ok(4));
        let waits = tokio::time::timeout(PATIENCE - Duration::from_secs(1), write(&mut stream));
        assert!(waits.await.is_err());
    }
}
