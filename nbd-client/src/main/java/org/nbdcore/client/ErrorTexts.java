package org.nbdcore.client;

import java.nio.charset.StandardCharsets;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.OptionReply;

/** Descriptions of the protocol's numbers, and safe copies of text from the server. */
final class ErrorTexts {

  private ErrorTexts() {}

  static String of(int error) {
    switch (error) {
      case ErrorValue.EPERM:
        return "operation not permitted";
      case ErrorValue.EIO:
        return "input/output error";
      case ErrorValue.ENOMEM:
        return "cannot allocate memory";
      case ErrorValue.EINVAL:
        return "invalid argument";
      case ErrorValue.ENOSPC:
        return "no space left on device";
      case ErrorValue.EOVERFLOW:
        return "value too large";
      case ErrorValue.ENOTSUP:
        return "operation not supported";
      case ErrorValue.ESHUTDOWN:
        return "the server is shutting down";
      default:
        return "unknown error";
    }
  }

  static String ofReply(int reply) {
    switch (reply) {
      case OptionReply.ERR_UNSUP:
        return "the server does not know this option";
      case OptionReply.ERR_POLICY:
        return "the server does not allow it";
      case OptionReply.ERR_INVALID:
        return "the server calls the option invalid";
      case OptionReply.ERR_PLATFORM:
        return "the server cannot do it on its platform";
      case OptionReply.ERR_TLS_REQD:
        return "the server requires TLS (use nbds:// or nbds+unix://)";
      case OptionReply.ERR_UNKNOWN:
        return "the server has no such export";
      case OptionReply.ERR_SHUTDOWN:
        return "the server is shutting down";
      case OptionReply.ERR_BLOCK_SIZE_REQD:
        return "the server requires a client that requests its block sizes";
      case OptionReply.ERR_TOO_BIG:
        return "the server refused the option, because it is too long";
      default:
        return "the server refused with an unknown error";
    }
  }

  /**
   * Returns text from the wire in a safe form: invalid UTF-8 and control characters become U+FFFD.
   */
  static String printable(byte[] utf8) {
    return printable(new String(utf8, StandardCharsets.UTF_8));
  }

  /** The same for a string, so that a server cannot control the user's terminal. */
  static String printable(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        out = out == null ? new StringBuilder(text) : out;
        out.setCharAt(i, '\ufffd');
      }
    }
    return out == null ? text : out.toString().trim();
  }
}
