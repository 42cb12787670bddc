package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.util.List;
import org.nbdcore.plugin.curl.WebResponse;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Converts error responses of registries to exceptions. */
final class RegistryErrors {

  private static final int LONGEST_BODY = 1 << 16;

  private RegistryErrors() {}

  /**
   * Creates the failure for an unexpected response.
   *
   * @param what the requested object
   */
  static NbdException refused(String what, WebResponse response) {
    int status = response.status();
    boolean forbidden = status == 401 || status == 403 || status == 407;
    NbdError error = forbidden ? NbdError.EPERM : NbdError.EIO;
    String phrase = Excerpt.of((status + " " + response.reason()).strip());
    return new NbdException(error, what + ": the registry answered " + phrase + reason(response));
  }

  /** The code and the text of the registry's error message, if there is one. */
  private static String reason(WebResponse response) {
    try {
      byte[] body = response.body().readNBytes(LONGEST_BODY);
      List<JsonDocument> errors = JsonDocument.parse(body, "the body").objects("errors");
      if (!errors.isEmpty()) {
        String code = errors.get(0).string("code").orElse("");
        String message = errors.get(0).string("message").orElse("");
        return ": " + Excerpt.of(code + (message.isEmpty() ? "" : ", " + message));
      }
    } catch (IOException e) {
      return ""; // the status is sufficient
    }
    return "";
  }
}
