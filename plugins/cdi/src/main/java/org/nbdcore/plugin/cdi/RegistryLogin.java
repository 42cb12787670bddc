package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.plugin.curl.WebDownloader;
import org.nbdcore.plugin.curl.WebResponse;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Logs in to a registry with the scheme that it requests: with a token ("Bearer", Distribution,
 * "Token Authentication"), or with the user's name and password ("Basic").
 */
final class RegistryLogin {

  private static final int OK = 200;

  private final WebDownloader web;
  private final RegistryName name;
  private final Set<String> protocols;
  private final Optional<RegistryCredentials> credentials;
  private String authorization; // null until the registry requests a login

  /**
   * @param protocols the allowed ones, also for the server of tokens
   */
  RegistryLogin(
      WebDownloader web,
      RegistryName name,
      Set<String> protocols,
      Optional<RegistryCredentials> credentials) {
    this.web = web;
    this.name = name;
    this.protocols = protocols;
    this.credentials = credentials;
  }

  /** The header to send, once the registry has requested a login. */
  Optional<String> authorization() {
    return Optional.ofNullable(authorization);
  }

  /** The name of the server or repository, for messages. */
  String shown() {
    return name + (credentials.isPresent() ? "" : " (no credentials found)");
  }

  /**
   * Logs in after the challenge of a registry. Without credentials, requests an anonymous token.
   *
   * @return false if a login is not possible
   */
  boolean answer(List<String> challenges) throws IOException {
    Optional<AuthChallenge> bearer = AuthChallenge.find(challenges, "bearer");
    if (bearer.isPresent()) {
      authorization = "Bearer " + token(bearer.get().parameters());
      return true;
    }
    boolean basic = AuthChallenge.find(challenges, "basic").isPresent();
    if (basic && credentials.isPresent() && !credentials.get().token()) {
      authorization = basic(credentials.get());
      return true;
    }
    return false;
  }

  private static String basic(RegistryCredentials login) {
    return WebDownloader.basic(login.user(), login.secret().reveal());
  }

  private String token(Map<String, String> challenge) throws IOException {
    URI realm = realm(challenge.getOrDefault("realm", ""));
    String scope = challenge.getOrDefault("scope", "repository:" + name.repository() + ":pull");
    String query = "service=" + encoded(challenge.getOrDefault("service", ""));
    query += "&scope=" + encoded(scope);
    try (WebResponse response = request(realm, query)) {
      String shown = WebDownloader.shown(realm);
      if (response.status() != OK) {
        throw RegistryErrors.refused("token for " + shown() + " from " + shown, response);
      }
      JsonDocument json =
          JsonDocument.parse(ImageSource.small(response.body(), shown), "the response of " + shown);
      return json.string("token")
          .or(() -> json.string("access_token"))
          .filter(token -> token.chars().allMatch(c -> c > ' ' && c < 127))
          .orElseThrow(() -> new NbdException(NbdError.EIO, shown + " sent no token"));
    }
  }

  private WebResponse request(URI realm, String query) throws IOException {
    if (credentials.isPresent() && credentials.get().token()) {
      String token = encoded(credentials.get().secret().reveal());
      return web.post(
          realm,
          "grant_type=refresh_token&client_id=nbd-core&" + query + "&refresh_token=" + token);
    }
    URI uri = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
    return web.get(
        uri,
        credentials.isPresent()
            ? Map.of("Authorization", basic(credentials.get()))
            : Map.<String, String>of());
  }

  private URI realm(String text) throws IOException {
    int fragment = text.indexOf('#');
    try {
      URI uri =
          URI.create(fragment < 0 ? text : text.substring(0, fragment)); // without the fragment
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (WebDownloader.isAddress(text)
          && uri.getUserInfo() == null
          && protocols.contains(scheme)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw new NbdException(
        NbdError.EIO,
        name
            + ": the registry must name its server of tokens by "
            + String.join(" or ", protocols)
            + ", not '"
            + Excerpt.of(text.replaceAll("\\?.*|[^ -~]", ""))
            + "'");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
