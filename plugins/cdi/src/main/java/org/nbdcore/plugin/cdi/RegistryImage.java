package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.plugin.curl.WebResponse;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** An image in a registry (OCI Distribution Specification, "Pull"). */
final class RegistryImage implements ImageSource {

  private static final String MANIFESTS =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  private static final int OK = 200;
  private static final int PARTIAL = 206;

  private final RegistryName name;
  private final RegistryClient client;

  RegistryImage(RegistryName name, RegistryClient client) {
    this.name = name;
    this.client = client;
  }

  /** Reads certificates and credentials. */
  static RegistryImage open(
      RegistryName name, Config config, Map<String, String> environment, RetryDelay pause)
      throws IOException {
    RegistryClient client = RegistryClient.open(name, config, environment, pause);
    return new RegistryImage(name, client);
  }

  @Override
  public byte[] root() throws IOException {
    URI uri = client.uri("manifests/" + name.reference());
    try (WebResponse response = client.get(uri, Map.of("Accept", MANIFESTS))) {
      expect(response, OK);
      byte[] bytes = ImageSource.small(response.body(), shown());
      Optional<ContentDigest> digest =
          name.digest()
              .or(() -> response.header("Docker-Content-Digest").flatMap(ContentDigest::parse));
      if (digest.isPresent()) {
        digest.get().check(bytes, shown());
      }
      return bytes;
    }
  }

  @Override
  public InputStream manifest(BlobDescriptor manifest) throws IOException {
    URI uri = client.uri("manifests/" + manifest.digest());
    return body(uri, Map.of("Accept", MANIFESTS), OK);
  }

  @Override
  public InputStream blob(BlobDescriptor blob) {
    URI uri = client.uri("blobs/" + blob.digest());
    return new ResumingStream(from -> part(uri, from), blob.size(), client.pause(), shown());
  }

  /** The rest of a blob. A server may ignore the range and send everything again. */
  private InputStream part(URI uri, long from) throws IOException {
    if (from == 0) {
      return body(uri, Map.of(), OK);
    }
    WebResponse response = client.get(uri, Map.of("Range", "bytes=" + from + "-"));
    try {
      if (response.status() == OK) {
        InputStream all = response.body();
        all.skipNBytes(from);
        return new ResponseStream(response, all);
      }
      expect(response, PARTIAL);
      String range = response.header("Content-Range").orElse("");
      if (!range.startsWith("bytes " + from + "-")) {
        throw new NbdException(
            NbdError.EIO,
            shown()
                + ": asked for the bytes from "
                + from
                + ", the registry sent '"
                + Excerpt.of(range)
                + "'");
      }
      return new ResponseStream(response, response.body());
    } catch (IOException | RuntimeException e) {
      response.close();
      throw e;
    }
  }

  private InputStream body(URI uri, Map<String, String> headers, int status) throws IOException {
    WebResponse response = client.get(uri, headers);
    try {
      expect(response, status);
      return new ResponseStream(response, response.body());
    } catch (IOException | RuntimeException e) {
      response.close();
      throw e;
    }
  }

  private void expect(WebResponse response, int status) throws IOException {
    if (response.status() != status) {
      throw RegistryErrors.refused(shown(), response);
    }
  }

  @Override
  public String shown() {
    return name.toString();
  }

  @Override
  public void close() {
    client.close();
  }
}
