package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Secret;

/**
 * The account for the requests.
 *
 * @param token of temporary credentials
 * @param region the region of Amazon's servers; other servers accept any
 */
record AwsAccount(String accessKey, Secret secretKey, Optional<Secret> token, String region) {

  private static final String DEFAULT_REGION = "us-east-1";

  /**
   * Finds the credentials: in the parameters, otherwise in the environment, otherwise in the file
   * of Amazon's tools.
   */
  static AwsAccount find(
      Optional<Secret> accessKey,
      Optional<Secret> secretKey,
      Optional<Secret> token,
      Map<String, String> environment)
      throws ConfigException {
    String profile = environment.getOrDefault("AWS_PROFILE", "default");
    String region = region(environment, profile);
    if (accessKey.isPresent() && secretKey.isPresent()) {
      return new AwsAccount(accessKey.get().reveal(), secretKey.get(), token, region);
    }
    String access = environment.get("AWS_ACCESS_KEY_ID");
    String secret = environment.get("AWS_SECRET_ACCESS_KEY");
    if (access != null && secret != null) {
      return new AwsAccount(
          access,
          new Secret(secret),
          Optional.ofNullable(environment.get("AWS_SESSION_TOKEN")).map(Secret::new),
          region);
    }
    Path file = file(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    Map<String, String> section = section(file, List.of(profile));
    access = section.get("aws_access_key_id");
    secret = section.get("aws_secret_access_key");
    if (access == null || secret == null) {
      throw new ConfigException(
          "no credentials: give access-key and secret-key, or set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or write them to the profile "
              + profile
              + " of "
              + file);
    }
    return new AwsAccount(
        access,
        new Secret(secret),
        Optional.ofNullable(section.get("aws_session_token")).map(Secret::new),
        region);
  }

  private static String region(Map<String, String> environment, String profile)
      throws ConfigException {
    for (String name : List.of("AWS_REGION", "AWS_DEFAULT_REGION")) {
      String region = environment.get(name);
      if (region != null && !region.isEmpty()) {
        return region;
      }
    }
    Path file = file(environment, "AWS_CONFIG_FILE", "config");
    return section(file, List.of(profile, "profile " + profile))
        .getOrDefault("region", DEFAULT_REGION);
  }

  private static Path file(Map<String, String> environment, String variable, String name) {
    String given = environment.get(variable);
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    return given == null ? Path.of(home, ".aws", name) : Path.of(given);
  }

  /** The entries of those sections of a file that have one of these names. */
  private static Map<String, String> section(Path file, List<String> names) throws ConfigException {
    Map<String, String> entries = new HashMap<>();
    if (!Files.exists(file)) {
      return entries;
    }
    boolean within = false;
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        String text = line.strip();
        int equals = text.indexOf('=');
        if (text.startsWith("[") && text.endsWith("]")) {
          within = names.contains(text.substring(1, text.length() - 1).strip());
        } else if (within && equals > 0 && !text.startsWith("#") && !text.startsWith(";")) {
          entries.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
        }
      }
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return entries;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "AwsAccount[" + region + "]";
  }
}
