package org.nbdcore.plugin.cdi;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.nbdcore.plugin.curl.WebDownloader;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;

/**
 * An image in a registry.
 *
 * @param host of the registry, with the port if there is one
 * @param repository such as {@code kubevirt/fedora-cloud-container-disk-demo}
 * @param tag used if there is no digest
 */
record RegistryName(String host, String repository, String tag, Optional<ContentDigest> digest)
    implements ImageName {

  static final String DOCKER_HUB = "docker.io";

  private static final String DOCKER = "docker://";
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9.-]*)|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  /** Reads a name as docker and podman do: a short one is of Docker Hub. */
  static RegistryName parse(String text) throws ConfigException {
    String name = text.startsWith(DOCKER) ? text.substring(DOCKER.length()) : text;
    if (name.contains("://")) {
      throw new ConfigException(
          "must be NAME[:TAG|@DIGEST] such as quay.io/kubevirt/virt-launcher, without "
              + name.substring(0, name.indexOf("://") + 3));
    }
    Optional<ContentDigest> digest = Optional.empty();
    int at = name.indexOf('@');
    if (at >= 0) {
      digest = ContentDigest.parse(name.substring(at + 1));
      if (digest.isEmpty()) {
        throw new ConfigException("must have sha256:HEX or sha512:HEX after the @");
      }
      name = name.substring(0, at);
    }
    String tag = "latest";
    int colon = name.lastIndexOf(':');
    if (colon > name.lastIndexOf('/')) {
      tag = name.substring(colon + 1);
      name = name.substring(0, colon);
    }
    if (!TAG.matcher(tag).matches()) {
      throw new ConfigException("must have a tag such as v1.0 after the colon, not '" + tag + "'");
    }
    return withHost(name, tag, digest);
  }

  private static RegistryName withHost(String name, String tag, Optional<ContentDigest> digest)
      throws ConfigException {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean hosted = first.contains(".") || first.contains(":") || first.equals("localhost");
    String host = hosted ? first : DOCKER_HUB;
    String repository = hosted ? name.substring(slash + 1) : name;
    if (host.equals("index.docker.io")) {
      host = DOCKER_HUB;
    }
    if (host.equals(DOCKER_HUB) && !repository.contains("/")) {
      repository = "library/" + repository;
    }
    if (!HOST.matcher(host).matches() || !WebDownloader.isAddress("https://" + host)) {
      throw new ConfigException("must have HOST[:PORT] before the first slash, not '" + host + "'");
    }
    if (repository.length() > 255 || !REPOSITORY.matcher(repository).matches()) {
      throw new ConfigException(
          "must be small letters and digits, with . _ - and / between them, not '"
              + repository
              + "'");
    }
    return new RegistryName(host, repository, tag, digest);
  }

  @Override
  public CdiPlugin.Opening source(
      Config config, Map<String, String> environment, RetryDelay pause) {
    return () -> RegistryImage.open(this, config, environment, pause);
  }

  /** The tag or digest in a request. */
  String reference() {
    return digest.map(ContentDigest::toString).orElse(tag);
  }

  @Override
  public String toString() {
    return host + "/" + repository + digest.map(value -> "@" + value).orElse(":" + tag);
  }
}
