package org.nbdcore.vsphere;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads ranges of files on datastores, over HTTPS. */
public final class DatastoreFiles {

  private final VsphereClient client;
  private final SoapTransport transport;

  DatastoreFiles(VsphereClient client, SoapTransport transport) {
    this.client = client;
    this.transport = transport;
  }

  /**
   * Returns the size of a file in bytes.
   *
   * @param datacenter the datacenter's inventory path without a leading slash, for example {@code
   *     DC0}
   * @param path in the form {@code [datastore] folder/name}
   * @throws FileNotFoundException if there is no such file
   */
  public long size(String datacenter, String path) throws IOException {
    HttpResponse<Void> response =
        send(
            path,
            HttpRequest.newBuilder(address(datacenter, path))
                .method("HEAD", HttpRequest.BodyPublishers.noBody()),
            HttpResponse.BodyHandlers.discarding());
    if (response.statusCode() != 200) {
      throw status(path, response.statusCode());
    }
    String size =
        response
            .headers()
            .firstValue("Content-Length")
            .orElseThrow(
                () -> new VsphereException("'" + path + "': the server does not report the size"));
    if (!size.matches("\\d{1,18}")) {
      throw new VsphereException(
          "'" + path + "': the server says that it has '" + Text.printable(size) + "' bytes");
    }
    return Long.parseLong(size);
  }

  /** Fills dst with the bytes of a file from an offset on. */
  public void read(String datacenter, String path, long offset, ByteBuffer dst) throws IOException {
    int length = dst.remaining();
    if (length == 0) {
      return;
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(datacenter, path))
            .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
            .GET();
    RangeSubscriber.Target target = new RangeSubscriber.Target(dst);
    HttpResponse<Void> response;
    try {
      response = send(path, request, info -> new RangeSubscriber(target, info.statusCode() == 206));
    } finally {
      target.release();
    }
    if (response.statusCode() != 206) {
      throw status(path, response.statusCode());
    }
    dst.position(dst.limit());
  }

  private <T> HttpResponse<T> send(
      String path, HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    String session = transport.session();
    HttpResponse<T> response = once(path, request.copy(), handler);
    if (response.statusCode() == 401 && transport.options().user() != null) {
      client.renew(session);
      response = once(path, request.copy(), handler);
    }
    return response;
  }

  private <T> HttpResponse<T> once(
      String path, HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    request.timeout(transport.options().timeout());
    transport.authorize(request);
    HttpResponse<T> response = transport.send(request.build(), handler);
    transport
        .options()
        .trace(
            response.request().method()
                + " of '"
                + path
                + "': HTTP status "
                + response.statusCode());
    return response;
  }

  private URI address(String datacenter, String path) throws VsphereException {
    int end = path.indexOf(']');
    if (!path.startsWith("[") || end < 0) {
      throw new VsphereException(
          "'" + Text.printable(path) + "' is not of the form '[datastore] folder/name'");
    }
    String datastore = path.substring(1, end);
    StringBuilder url =
        new StringBuilder("https://").append(transport.options().authority()).append("/folder");
    for (String step : path.substring(end + 1).strip().split("/")) {
      if (step.equals("..") || step.equals(".") || step.isEmpty()) {
        throw new VsphereException("'" + Text.printable(path) + "' has an empty or relative step");
      }
      url.append('/').append(encode(step));
    }
    url.append("?dcPath=").append(encode(datacenter)).append("&dsName=").append(encode(datastore));
    return URI.create(url.toString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private IOException status(String path, int status) {
    if (status == 404) {
      return new FileNotFoundException("'" + path + "' does not exist");
    }
    String words =
        switch (status) {
          case 200 -> "the server ignores ranges";
          case 401 -> "the session has ended or the user may not browse the datastore";
          case 403 -> "the user may not browse the datastore";
          case 416 -> "the range lies after the end of the file";
          case 500 -> "the file may be locked by a running machine; take a snapshot";
          default -> "unexpected";
        };
    return new VsphereException("'" + path + "': HTTP status " + status + " (" + words + ")");
  }
}
