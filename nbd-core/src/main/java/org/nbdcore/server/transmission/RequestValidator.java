package org.nbdcore.server.transmission;

import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.spi.Support;

/**
 * Decides whether a request may enter the chain (protocol, "Request types", "Error values" and
 * "Size constraints"). One for each connection; immutable.
 */
final class RequestValidator {

  private final OpenExport export;
  private final NegotiatedOptions negotiated;

  RequestValidator(OpenExport export, NegotiatedOptions negotiated) {
    this.export = export;
    this.negotiated = negotiated;
  }

  /** Marks the request as failed if it must not enter the chain. */
  void check(Request request) {
    switch (request.type) {
      case Command.READ -> {
        flags(request, negotiated.structured() ? CommandFlags.DF : 0);
        range(request, ErrorValue.EINVAL);
        payload(request, negotiated.structured() ? ErrorValue.EOVERFLOW : ErrorValue.EINVAL);
      }
      case Command.WRITE -> {
        writing(request, true, "writing");
        flags(request, 0);
        range(request, ErrorValue.ENOSPC);
        payload(request, ErrorValue.EINVAL);
      }
      case Command.FLUSH -> {
        offered(request, export.capabilities.flush(), "flush");
        flags(request, 0);
        if (request.error == 0 && (request.offset != 0 || request.length != 0)) {
          request.fail(ErrorValue.EINVAL, "a flush has no range");
        }
      }
      case Command.TRIM -> {
        writing(request, export.capabilities.trim(), "trim");
        flags(request, 0);
        range(request, ErrorValue.EINVAL);
      }
      case Command.WRITE_ZEROES -> {
        writing(request, export.capabilities.zero() != Support.NONE, "writing zeroes");
        boolean fast = export.capabilities.fastZero();
        flags(request, CommandFlags.NO_HOLE | (fast ? CommandFlags.FAST_ZERO : 0));
        range(request, ErrorValue.ENOSPC);
      }
      case Command.CACHE -> {
        offered(request, export.capabilities.cache() != Support.NONE, "cache");
        flags(request, 0);
        range(request, ErrorValue.EINVAL);
      }
      case Command.BLOCK_STATUS -> {
        offered(
            request,
            !negotiated.contexts().isEmpty(),
            "block status, as no meta context was chosen,");
        flags(request, CommandFlags.REQ_ONE);
        range(request, ErrorValue.EINVAL);
      }
      default -> request.fail(ErrorValue.EINVAL, "there is no request type " + request.type);
    }
  }

  private void writing(Request request, boolean offered, String what) {
    if (export.readOnly) {
      request.fail(ErrorValue.EPERM, "this export is read-only");
    } else {
      offered(request, offered, what);
    }
  }

  private static void offered(Request request, boolean offered, String what) {
    if (!offered) {
      request.fail(ErrorValue.EINVAL, what + " is not offered by this export");
    }
  }

  /** FUA is valid with every command if the export offers it. */
  private void flags(Request request, int valid) {
    int known = valid;
    if (export.readOnly || export.capabilities.fua() != Support.NONE) {
      known |= CommandFlags.FUA;
    }
    if ((request.flags & ~known) != 0 && request.error == 0) {
      request.fail(
          ErrorValue.EINVAL,
          "command flags 0x"
              + Integer.toHexString(request.flags & ~known)
              + " are not valid with request type "
              + request.type);
    }
  }

  private void range(Request request, int outOfRange) {
    if (request.error != 0) {
      return;
    }
    long offset = request.offset;
    long length = request.length;
    if (length == 0) {
      request.fail(ErrorValue.EINVAL, "the length is 0");
    } else if (offset < 0 || length < 0 || length > export.size || offset > export.size - length) {
      boolean begins = offset >= 0 && offset < export.size;
      request.fail(
          outOfRange,
          "the range "
              + Long.toUnsignedString(offset)
              + "+"
              + Long.toUnsignedString(length)
              + " goes past the end of the disk at "
              + export.size,
          begins ? export.size : offset);
    } else if (!export.capabilities.lenient()
        && ((offset | length) & (export.blockSizes.minimum() - 1)) != 0) {
      request.fail(
          ErrorValue.EINVAL,
          "the range "
              + offset
              + "+"
              + length
              + " is not aligned to the minimum block size "
              + export.blockSizes.minimum());
    }
  }

  private void payload(Request request, int tooLong) {
    if (request.error == 0 && request.length > export.maxPayload) {
      request.fail(
          tooLong,
          "the length " + request.length + " is over the maximum block size " + export.maxPayload);
    }
  }
}
