package org.nbdcore.plugin.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Secret;

/** The parameters of the plugin, and the objects that they describe. */
final class S3Parameters {

  /** A whole object must fit into memory several times. */
  private static final long LARGEST_OBJECT = 256L << 20;

  static final Parameter<String> BUCKET =
      Parameter.of("bucket", "BUCKET", "The bucket of the objects.", S3Parameters::bucket)
          .required();
  static final Parameter<String> KEY =
      Parameter.string("key", "Name of the object; with size, the prefix of all names.")
          .placeholder("NAME")
          .required();
  static final Parameter<Secret> ACCESS_KEY =
      Parameter.password("access-key", "Access key of the account.");
  static final Parameter<URI> ENDPOINT =
      Parameter.of(
          "endpoint-url",
          "URL",
          "Address of the server; that of Amazon by default.",
          S3Parameters::endpoint);
  static final Parameter<Long> OBJECT_SIZE =
      Parameter.size("object-size", "Size of each object of a disk of many objects.")
          .map(S3Parameters::objectSize);
  static final Parameter<Secret> SECRET_KEY =
      Parameter.password("secret-key", "Secret key of the account.");
  static final Parameter<Secret> SESSION_TOKEN =
      Parameter.password("session-token", "Token of temporary credentials.");
  static final Parameter<Long> SIZE =
      Parameter.size("size", "Size of a disk of many objects, which is writable.");

  static final List<Parameter<?>> ALL =
      List.of(BUCKET, KEY, ACCESS_KEY, ENDPOINT, OBJECT_SIZE, SECRET_KEY, SESSION_TOKEN, SIZE);

  private S3Parameters() {}

  static Plugin plugin(Config config, Map<String, String> environment) throws ConfigException {
    if (config.has(SIZE) != config.has(OBJECT_SIZE)) {
      throw new ConfigException("size and object-size must be given together");
    }
    if (config.has(ACCESS_KEY) != config.has(SECRET_KEY)) {
      throw new ConfigException("access-key and secret-key must be given together");
    }
    if (config.has(SESSION_TOKEN) && !config.has(ACCESS_KEY)) {
      throw new ConfigException("session-token needs access-key and secret-key");
    }
    AwsAccount account =
        AwsAccount.find(
            config.find(ACCESS_KEY),
            config.find(SECRET_KEY),
            config.find(SESSION_TOKEN),
            environment);
    Bucket bucket = Bucket.of(config.find(ENDPOINT), config.get(BUCKET), account.region());
    return new S3Plugin(
        account,
        bucket,
        config.get(KEY),
        config.find(SIZE).orElse(-1L),
        Math.toIntExact(config.find(OBJECT_SIZE).orElse(-1L)));
  }

  private static String bucket(String text) throws ConfigException {
    if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}")) {
      throw new ConfigException("must be the name of a bucket, not '" + text + "'");
    }
    return text;
  }

  private static Long objectSize(Long size) throws ConfigException {
    if (size < 1 || size > LARGEST_OBJECT) {
      throw new ConfigException("must be from 1 to 256M, not " + size);
    }
    return size;
  }

  private static URI endpoint(String text) throws ConfigException {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean usable = uri.getHost() != null && uri.getQuery() == null && uri.getUserInfo() == null;
      if (usable && (scheme.equals("http") || scheme.equals("https"))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new ConfigException(
          "must be an address such as https://s3.example.com, not '" + text + "'", e);
    }
    throw new ConfigException(
        "must be an address such as https://s3.example.com, not '" + text + "'");
  }
}
