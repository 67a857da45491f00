// Calls SessionService by gRPC-Web with stubs generated from the contracts: node main.mjs URL TOKEN CLASSROOM
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { timestampNow } from "@bufbuild/protobuf/wkt";

import { SessionService } from "./liveclass/v1/session_pb.js";

const [baseUrl, token, classroom] = process.argv.slice(2);

/** @param {string} value */
function clientWith(value) {
  const authorize = (next) => (request) => {
    request.header.set("authorization", `Bearer ${value}`);
    return next(request);
  };
  return createClient(SessionService, createGrpcWebTransport({ baseUrl, interceptors: [authorize] }));
}

const client = clientWith(token);
const session = await client.createSession({
  parent: `classrooms/${classroom}`, sessionId: "web", session: { displayName: "Algebra", minimumGroupSize: 1 },
});
await client.recordObservations({
  session: session.name, observations: [{ frameId: "f1", captureTime: timestampNow(), source: "a" }],
});
for await (const bucket of client.watchTimeline({ session: session.name })) {
  console.log(session.displayName, bucket.frames);
  break;
}

/** @param {Promise<unknown>} call */
const refusal = (call) => call.then(() => "answered", (error) => Code[ConnectError.from(error).code]);
console.log(await refusal(client.getSession({ name: `classrooms/${classroom}/sessions/none` })));
console.log(await refusal(clientWith("a.b.c").getSession({ name: session.name })));
process.exit(); // what is left of the stream is not waited for
