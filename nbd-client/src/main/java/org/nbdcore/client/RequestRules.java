package org.nbdcore.client;

import java.io.IOException;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Flags;

/** Checks requests against the properties of the export before they are sent. */
final class RequestRules {

  /** Limit for one buffer, even if the server accepts more. */
  private static final long MAX_PAYLOAD = 1 << 30;

  private final ExportInfo export;

  RequestRules(ExportInfo export) {
    this.export = export;
  }

  int maximumPayload() {
    if (export.blockSizes() == null || export.blockSizes().maximum() == BlockSizes.UNLIMITED) {
      return Limits.DEFAULT_MAX_PAYLOAD;
    }
    long maximum = Math.min(export.blockSizes().maximum(), MAX_PAYLOAD);
    return (int) (maximum - maximum % export.minimumBlockSize());
  }

  /** Returns true if the range is not empty. Throws if it is not within the export. */
  boolean range(PendingRequest request) throws IOException {
    long size = export.size();
    if (request.offset < 0 || request.length < 0 || request.length > size - request.offset) {
      boolean writes = request.command == Command.WRITE || request.command == Command.WRITE_ZEROES;
      throw refused(
          request,
          writes ? ErrorValue.ENOSPC : ErrorValue.EINVAL,
          "the export has " + size + " bytes");
    }
    int minimum = export.minimumBlockSize();
    if (request.offset % minimum != 0 || request.length % minimum != 0) {
      throw refused(
          request, ErrorValue.EINVAL, "the server requires multiples of " + minimum + " bytes");
    }
    return request.length > 0;
  }

  void payload(PendingRequest request) throws IOException {
    if (request.length > maximumPayload()) {
      throw refused(
          request, ErrorValue.EINVAL, "the server takes at most " + maximumPayload() + " bytes");
    }
  }

  void writable(PendingRequest request) throws IOException {
    if (export.isReadOnly()) {
      throw refused(request, ErrorValue.EPERM, "the export is read-only");
    }
  }

  void offered(PendingRequest request, int transmissionFlag) throws IOException {
    if ((export.flags() & transmissionFlag) == 0) {
      throw refused(request, ErrorValue.ENOTSUP, "the server does not offer it");
    }
  }

  void flags(PendingRequest request, Flags flags, Flags valid) throws IOException {
    if (!valid.has(flags)) {
      throw new IllegalArgumentException(request + " takes the flags " + valid + ", not " + flags);
    }
    if (flags.has(Flags.FUA)) {
      flagOffered(request, "FUA", TransmissionFlags.SEND_FUA);
    }
    if (flags.has(Flags.FAST_ZERO)) {
      flagOffered(request, "FAST_ZERO", TransmissionFlags.SEND_FAST_ZERO);
    }
  }

  void flagOffered(PendingRequest request, String flag, int transmissionFlag) throws IOException {
    if ((export.flags() & transmissionFlag) == 0) {
      throw refused(request, ErrorValue.ENOTSUP, "the server does not offer the flag " + flag);
    }
  }

  static NbdClientException refused(PendingRequest request, int error, String why) {
    return NbdClientException.request(request.toString(), error, why);
  }
}
