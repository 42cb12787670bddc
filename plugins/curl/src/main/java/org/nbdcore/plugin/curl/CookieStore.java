package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/** The cookies to send, and the cookies that servers have set. Safe for use by several threads. */
final class CookieStore {

  private static final String SET_COOKIE = "Set-Cookie";

  /** Maximum number of cookies of servers; the newest are kept. Cookies of files do not count. */
  static final int MAX_COOKIES = 300;

  /**
   * Maximum length of a cookie; longer ones are ignored. RFC 6265, 6.1, requires at least this
   * length.
   */
  static final int LONGEST = 4096;

  /** The user's cookies: fixed, or printed by a script. */
  interface Given {
    /** One line, or none. */
    List<String> lines() throws IOException;
  }

  private final Given given;
  private final CookieManager kept; // null if cookies of servers are discarded
  private final Set<HttpCookie> ofFiles;
  private final Optional<Path> jar;

  private CookieStore(Given given, CookieManager kept, Optional<Path> jar) {
    this.given = given;
    this.kept = kept;
    this.jar = jar;
    this.ofFiles = kept == null ? Set.of() : Set.copyOf(kept.getCookieStore().getCookies());
  }

  /** Sends the user's cookies, and discards those that servers set. */
  static CookieStore forgetful(Given given) {
    return new CookieStore(given, null, Optional.empty());
  }

  /**
   * Sends the user's cookies, those of the files, and those that servers have set.
   *
   * @param jar the file to which they are written at the end
   */
  static CookieStore keeping(Given given, URI url, List<Path> files, Optional<Path> jar)
      throws IOException {
    CookieManager kept = new CookieManager(null, CookiePolicy.ACCEPT_ORIGINAL_SERVER);
    for (Path file : files) {
      CookieFile.read(file, url, kept.getCookieStore());
    }
    return new CookieStore(given, kept, jar);
  }

  /**
   * The value of the header; empty without cookies.
   *
   * @param own whether the user's cookies are for this server
   */
  Optional<String> header(URI uri, boolean own) throws IOException {
    List<String> all = new ArrayList<>(own ? given.lines() : List.of());
    if (kept != null) {
      kept.get(uri, Map.of()).getOrDefault("Cookie", List.of()).forEach(all::add);
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }

  /** Stores the cookies that a server sets. */
  void take(URI uri, HttpResponse response) throws IOException {
    if (kept != null && response.containsHeader(SET_COOKIE)) {
      List<String> values = new ArrayList<>();
      for (Header header : response.getHeaders(SET_COOKIE)) {
        if (header.getValue() != null && header.getValue().length() <= LONGEST) {
          values.add(header.getValue());
        }
      }
      kept.put(uri, Map.of(SET_COOKIE, values));
      dropOldest();
    }
  }

  /**
   * Removes the oldest cookies, because a server may set another cookie with every response. The
   * store has the oldest first.
   */
  private void dropOldest() {
    List<HttpCookie> ofServers = new ArrayList<>(kept.getCookieStore().getCookies());
    ofServers.removeAll(ofFiles);
    for (int i = 0; i < ofServers.size() - MAX_COOKIES; i++) {
      kept.getCookieStore().remove(null, ofServers.get(i));
    }
  }

  /** Writes the jar, if there is one. */
  void save() throws IOException {
    if (jar.isPresent()) {
      CookieFile.write(jar.get(), kept.getCookieStore());
    }
  }
}
