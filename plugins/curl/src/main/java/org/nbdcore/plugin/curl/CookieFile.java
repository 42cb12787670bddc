package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.net.CookieStore;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The text format in which browsers and curl store cookies. The fields of a line are separated by
 * tabs: domain, whether subdomains match, path, whether TLS is required, expiry in seconds since
 * 1970 (0 for the session), name, value; or lines of {@code Set-Cookie:}.
 */
final class CookieFile {

  private static final int FIELDS = 7;
  private static final String HTTP_ONLY = "#HttpOnly_";
  private static final String SET_COOKIE = "set-cookie:";

  private CookieFile() {}

  /** Adds the cookies of a file; malformed lines are ignored, as in curl. */
  static void read(Path file, URI url, CookieStore store) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String text = line.startsWith(HTTP_ONLY) ? line.substring(HTTP_ONLY.length()) : line;
      if (text.regionMatches(true, 0, SET_COOKIE, 0, SET_COOKIE.length())) {
        HttpCookie.parse(text).forEach(cookie -> store.add(url, cookie));
      } else if (!text.startsWith("#")) {
        String[] fields = text.split("\t", -1);
        if (fields.length == FIELDS) {
          add(fields, line.startsWith(HTTP_ONLY), store);
        }
      }
    }
  }

  private static void add(String[] fields, boolean httpOnly, CookieStore store) {
    try {
      long ends = Long.parseLong(fields[4]);
      HttpCookie cookie = new HttpCookie(fields[5], fields[6]);
      String host = fields[0].startsWith(".") ? fields[0].substring(1) : fields[0];
      cookie.setDomain(fields[1].equalsIgnoreCase("TRUE") ? "." + host : full(host));
      cookie.setVersion(0);
      cookie.setPath(fields[2]);
      cookie.setSecure(fields[3].equalsIgnoreCase("TRUE"));
      cookie.setHttpOnly(httpOnly);
      long left = ends == 0 ? -1 : ends - Instant.now().getEpochSecond();
      if (left != -1 && left <= 0) {
        return;
      }
      cookie.setMaxAge(left);
      store.add(new URI("http", host, "/", null), cookie);
    } catch (IllegalArgumentException | URISyntaxException e) {
      // no cookie
    }
  }

  /** The name that the JDK gives the host of a cookie (RFC 2965, "effective host name"). */
  private static String full(String host) {
    return host.contains(".") ? host : host + ".local";
  }

  /** Writes all cookies. The file is replaced atomically and readable only by its owner. */
  static void write(Path file, CookieStore store) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Netscape HTTP Cookie File");
    for (URI uri : store.getURIs()) {
      for (HttpCookie cookie : store.get(uri)) {
        lines.add(line(uri, cookie));
      }
    }
    Path folder = file.toAbsolutePath().getParent();
    Path fresh = Files.createTempFile(folder, file.getFileName().toString(), ".new");
    try {
      Files.write(fresh, lines.stream().distinct().toList());
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static String line(URI uri, HttpCookie cookie) {
    String domain = cookie.getDomain();
    if (domain == null || domain.equals(full(uri.getHost()))) {
      domain = uri.getHost();
    }
    long ends = cookie.getMaxAge() < 0 ? 0 : Instant.now().getEpochSecond() + cookie.getMaxAge();
    return String.join(
        "\t",
        (cookie.isHttpOnly() ? HTTP_ONLY : "") + domain,
        domain.startsWith(".") ? "TRUE" : "FALSE",
        cookie.getPath() == null ? "/" : cookie.getPath(),
        cookie.getSecure() ? "TRUE" : "FALSE",
        String.valueOf(ends),
        cookie.getName(),
        cookie.getValue());
  }
}
