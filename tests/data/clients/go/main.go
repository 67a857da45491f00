// Classifies a picture from Go: go run . ADDRESS PICTURE
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	pb "liveclass/liveclass/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	picture, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request := &pb.ClassifyFrameRequest{Image: picture, FrameId: "from-go"}
	answer, err := pb.NewDetectionServiceClient(connection).ClassifyFrame(ctx, request)
	if err != nil {
		log.Fatal(err)
	}
	for _, face := range answer.Faces {
		fmt.Println(answer.FrameId, face.Emotions[0].Emotion)
	}
}
