// The same service worker as the app's, so that both start from the same place.
navigator.serviceWorker?.register('/sw.js', { updateViaCache: 'none' });
