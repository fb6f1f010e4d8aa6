/* Where the phone is, when its owner allows to ask. */

const OPTIONS = { enableHighAccuracy: true, maximumAge: 15000, timeout: 20000 };
const MOVED_METRES = 15;

/** Tell `heard({lon, lat, accuracy})` as the phone moves or knows better, `refused()` where it will not say. */
export function follow(heard, refused) {
  if (!navigator.geolocation) return refused();
  let last = null;
  navigator.geolocation.watchPosition(
    ({ coords }) => {
      const now = { lon: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) };
      const moved = last ? Math.hypot(now.lat - last.lat, now.lon - last.lon) * 111195 : Infinity;
      if (moved < MOVED_METRES && now.accuracy > last.accuracy / 2) return;
      last = now;
      heard(now);
    },
    (error) => !last && refused(error),
    OPTIONS,
  );
}
