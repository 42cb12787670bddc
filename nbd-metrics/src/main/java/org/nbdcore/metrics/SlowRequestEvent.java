package org.nbdcore.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The JFR event {@code org.nbdcore.SlowRequest}, committed when the result is known. */
@Name("org.nbdcore.SlowRequest")
@Label("Slow NBD Request")
@Description("A request took longer than the limit of -D nbd-core.slow")
@Category({"nbd-core"})
@StackTrace(false)
final class SlowRequestEvent extends Event {

  @Label("Connection")
  long connection;

  @Label("Export")
  String export;

  @Label("Type")
  String type;

  @Label("Offset")
  @DataAmount
  long offset;

  @Label("Length")
  @DataAmount
  long length;

  @Label("Error")
  @Description("Error in the reply; null if the request succeeded")
  String error;

  @Label("Elapsed Time")
  @Timespan
  long elapsed;
}
