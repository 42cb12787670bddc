package org.nbdcore.plugin.s3;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * The location of the objects.
 *
 * @param base scheme, host and optional port
 * @param folder what precedes the names of objects in the path, ending with a slash
 */
record Bucket(String base, String folder) {

  /**
   * Creates the location. The bucket is in the path for a custom endpoint, otherwise in the host
   * name of Amazon's server.
   */
  static Bucket of(Optional<URI> endpoint, String bucket, String region) {
    if (endpoint.isPresent()) {
      URI uri = endpoint.get();
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      return new Bucket(base(uri), (path.endsWith("/") ? path : path + "/") + bucket + "/");
    }
    String host = "s3." + region + ".amazonaws.com";
    boolean nameable = bucket.matches("[a-z0-9-]{3,63}");
    return nameable
        ? new Bucket("https://" + bucket + "." + host, "/")
        : new Bucket("https://" + host, "/" + bucket + "/");
  }

  private static String base(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    // The usual port is left out, as HTTP leaves it out of the header that is signed.
    boolean usual = uri.getPort() == (scheme.equals("https") ? 443 : 80);
    boolean named = uri.getPort() >= 0 && !usual;
    return scheme + "://" + uri.getHost() + (named ? ":" + uri.getPort() : "");
  }

  URI uri(String key) {
    return URI.create(base + folder + AwsSignature.encoded(key, true));
  }
}
