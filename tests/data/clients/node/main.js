// Classifies a picture from Node: node main.js ADDRESS PICTURE PROTO_FOLDER...
const fs = require("fs");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, picture, ...includeDirs] = process.argv.slice(2);
const names = ["liveclass/v1/detection.proto", "liveclass/v1/session.proto"];
const { liveclass } = grpc.loadPackageDefinition(loader.loadSync(names, { includeDirs, keepCase: true, enums: String }));
const client = new liveclass.v1.DetectionService(address, grpc.credentials.createInsecure());
const request = { image: fs.readFileSync(picture), frame_id: "from-node" };
client.ClassifyFrame(request, { deadline: Date.now() + 10_000 }, (error, answer) => {
  if (error) throw error;
  for (const face of answer.faces) console.log(answer.frame_id, face.emotions[0].emotion);
  client.close();
});
